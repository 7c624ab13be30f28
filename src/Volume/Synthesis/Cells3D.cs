using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Synthesis;

namespace Cellpose3D.Volume.Synthesis;

/// <summary>Draws volumes of cells with exact labels, as a confocal or light-sheet microscope would show them.</summary>
/// <remarks>
/// The same options give the same bits on every machine, whatever the number of threads. The scene is continuous: planes are cut
/// from it at their distance, so the truth is exact at the volume's own, perhaps anisotropic, grid, and a membrane between two
/// planes still shines into both by the blur along z.
/// </remarks>
public static class Cells3D
{
    private static readonly KindEntry[] Entries =
    [
        new("tissue", 14, 60, 10, 1.5, FillsSpace: true, s => TissueContent.Packed(s, withNuclei: false)),
        new("tissue-nuclei", 16, 60, 10, 1.0, FillsSpace: true, s => TissueContent.Packed(s, withNuclei: true)),
        new("nuclei", 9, 50, 8, 2.0, FillsSpace: false, NucleiPlacement.Scattered),
        new("sparse", 14, 70, 15, 1.0, FillsSpace: false, SparseContent.Draw),
        new("embryo", 10, 40, 8, 1.0, FillsSpace: false, NucleiPlacement.InBall),
        new("embryo-membranes", 16, 70, 14, 1.0, FillsSpace: true, TissueContent.Ball),
    ];

    /// <summary>The kinds of volume, in a fixed order.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Entries.Select(e => e.Name)];

    /// <summary>Draws one volume.</summary>
    /// <param name="options">What to draw.</param>
    /// <param name="threads">Number of threads, 0 for all; it never changes the result.</param>
    /// <param name="progress">Receives the fraction done, in (0, 1].</param>
    /// <param name="cancellationToken">Checked between planes.</param>
    /// <returns>Image and truth, owned by the caller.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static SyntheticVolume Generate(
        VolumeSynthesisOptions options, int threads = 0, IProgress<float>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        SynthesisRandom root = new((ulong)options.Seed);
        KindEntry entry = options.Kind is { } kind
            ? Array.Find(Entries, e => e.Name == kind)!
            : Entries[root.Fork(100).Pick([.. Entries.Select(e => e.Weight)])];
        var scene = new VolumeScene(options, entry.Name, root.Fork(200 + Array.IndexOf(Entries, entry)), entry.Smallest, entry.Largest);
        IVolumeContent content = entry.Draw(scene);

        (int depth, int height, int width) = (options.Depth, options.Height, options.Width);
        int[] labels = new int[depth * height * width];
        NdArray<float> image = new Microscope(scene, content).Expose(labels, threads, progress, cancellationToken);
        int count = TruthCleanup.Clean(labels, depth, height, width, entry.FillsSpace);
        progress?.Report(1);
        double pixel = Math.Round(entry.TypicalUm / scene.Diameter, 4);
        return new SyntheticVolume(
            image, new NdArray<int>(labels, depth, height, width), entry.Name, MeanDiameter(labels, count, scene.Anisotropy),
            new VoxelSize(Math.Round(pixel * scene.Anisotropy, 4), pixel, pixel));
    }

    private static double MeanDiameter(int[] labels, int count, double anisotropy)
    {
        long[] sizes = new long[count + 1];
        foreach (int label in labels)
            sizes[label]++;
        double sum = 0;
        for (int n = 1; n <= count; n++)
            sum += PortableMath.Pow(sizes[n] * anisotropy * 6 / Math.PI, 1.0 / 3);
        return count == 0 ? 0 : sum / count;
    }

    private sealed record KindEntry(
        string Name, double Smallest, double Largest, double TypicalUm, double Weight, bool FillsSpace, Func<VolumeScene, IVolumeContent> Draw);
}
