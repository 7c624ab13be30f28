using Cellpose3D.Core2D.Native;

namespace Cellpose3D.IO.Weights;

/// <summary>The folders that models are looked for in, in the order of the properties.</summary>
public sealed record ModelRegistryOptions
{
    /// <summary>The models that come with the program (<c>data/models</c> beside it); null when there are none.</summary>
    public string? ProgramFolder { get; init; }

    /// <summary>Where downloads and additions go: <c>models</c> in the user's cache.</summary>
    public string UserFolder { get; init; } = Path.Combine(UserFolders.Cache, "models");

    /// <summary>Where Python's Cellpose keeps its models: <c>CELLPOSE_LOCAL_MODELS_PATH</c>, else <c>~/.cellpose/models</c>; read only.</summary>
    public string? CellposeFolder { get; init; } =
        Environment.GetEnvironmentVariable("CELLPOSE_LOCAL_MODELS_PATH") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cellpose", "models");
}
