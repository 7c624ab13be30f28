using Cellpose3D.Cli.Tests.Commands;

[assembly: AssemblyFixture(typeof(ProgramCache))]

namespace Cellpose3D.Cli.Tests.Commands;

/// <summary>The cache of the programs that these tests start; gone after the last test.</summary>
public sealed class ProgramCache : IDisposable
{
    /// <summary>Given to each as <c>CELLPOSE3D_CACHE</c>.</summary>
    public static string Folder { get; } = Directory.CreateTempSubdirectory("cellpose3d-cache-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
