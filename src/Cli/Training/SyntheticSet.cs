using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D.Synthesis;
using Cellpose3D.Core2D.Training;

namespace Cellpose3D.Cli.Training;

/// <summary>Synthetic images of chosen kinds, made while training.</summary>
internal static class SyntheticSet
{
    private const string Name = "synthetic";
    private const int Side = 320;               // pixels: some dozens of cells, and several crops

    /// <summary>The set a value of <c>--synthetic</c> asks for.</summary>
    /// <param name="kinds">Comma-separated kinds, or <c>all</c>, which null stands for.</param>
    /// <exception cref="CommandException">There is no such kind.</exception>
    public static GeneratedImages Parse(string? kinds)
    {
        string[] chosen = kinds is null or "all" ? [.. Cells2D.Kinds] : kinds.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (string kind in chosen)
        {
            if (!Cells2D.Kinds.Contains(kind))
                throw new CommandException(ExitCode.Usage, $"--synthetic must be all or kinds of {string.Join(", ", Cells2D.Kinds)}; got '{kind}'.");
        }
        if (chosen.Length == 0)
            throw new CommandException(ExitCode.Usage, "--synthetic must name at least one kind.");
        return new GeneratedImages(Name, seed =>
        {
            string kind = chosen[(int)(seed % (ulong)chosen.Length)];
            SyntheticImage image = Cells2D.Generate(new SynthesisOptions { Kind = kind, Seed = (long)(seed >> 1), Height = Side, Width = Side });
            return new LabelledImage($"{Name} {kind} {seed}", image.Image, image.Labels, Name);
        });
    }
}
