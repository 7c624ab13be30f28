namespace Cellpose3D.Core2D.Synthesis;

/// <summary>Draws images of cells, and of things that merely repeat like cells, with exact labels.</summary>
/// <remarks>
/// Pure and single-threaded: call it from as many threads as wanted. The same options give the same bits on every machine.
/// A picture is made the way a microscope makes one: outlines are placed and share the canvas, each kind turns them into
/// light or phase, then optics, uneven illumination and a camera follow. Nearly every parameter is drawn per image.
/// </remarks>
public static class Cells2D
{
    private static readonly KindEntry[] Entries =
    [
        new("nuclei", 8, 60, 2.0, s => NucleiScene.Draw(s, tissue: false)),
        new("nuclei-tissue", 8, 40, 1.5, s => NucleiScene.Draw(s, tissue: true)),
        new("cytoplasm", 12, 110, 2.0, s => CytoplasmScene.Draw(s, withNuclei: false, inverted: false)),
        new("cytoplasm-nuclei", 14, 110, 1.5, s => CytoplasmScene.Draw(s, withNuclei: true, inverted: false)),
        new("inverted", 12, 90, 0.8, s => CytoplasmScene.Draw(s, withNuclei: false, inverted: true)),
        new("epithelium", 12, 100, 1.5, s => EpitheliumScene.Draw(s, withNuclei: false)),
        new("epithelium-nuclei", 16, 100, 0.8, s => EpitheliumScene.Draw(s, withNuclei: true)),
        new("neurons", 18, 80, 1.0, CytoplasmScene.DrawNeurons),
        new("phase-contrast", 20, 110, 2.5, s => TransmittedScene.Draw(s, TransmittedOptics.Look.PhaseContrast)),
        new("bright-field", 16, 90, 1.5, s => TransmittedScene.Draw(s, TransmittedOptics.Look.BrightField)),
        new("relief", 20, 90, 0.6, s => TransmittedScene.Draw(s, TransmittedOptics.Look.Relief)),
        new("quantitative-phase", 14, 70, 1.2, s => TransmittedScene.Draw(s, TransmittedOptics.Look.Quantitative)),
        new("bacteria", 8, 40, 1.5, BacteriaScene.Draw),
        new("histology-eosin", 10, 45, 2.0, s => HistologyScene.Draw(s, eosin: true)),
        new("histology-haematoxylin", 10, 50, 1.5, s => HistologyScene.Draw(s, eosin: false)),
        new("pebbles", 14, 100, 0.6, s => ObjectScene.Draw(s, "pebbles")),
        new("fruit", 18, 100, 0.5, s => ObjectScene.Draw(s, "fruit")),
        new("scales", 16, 80, 0.5, s => ObjectScene.Draw(s, "scales")),
    ];

    /// <summary>The kinds of image, in a fixed order.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Entries.Select(e => e.Name)];

    /// <summary>Draws one image.</summary>
    /// <param name="options">What to draw.</param>
    /// <returns>Image and truth, owned by the caller.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static SyntheticImage Generate(SynthesisOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        SynthesisRandom root = new((ulong)options.Seed);
        KindEntry entry = options.Kind is { } kind
            ? Array.Find(Entries, e => e.Name == kind)!
            : Entries[root.Fork(100).Pick([.. Entries.Select(e => e.Weight)])];
        Scene scene = new(options, entry.Name, root.Fork(1 + Array.IndexOf(Entries, entry)), entry.Smallest, entry.Largest);
        Render render = entry.Draw(scene);

        int height = options.Height, width = options.Width;
        LabelMap labels = render.Labels.Cropped(scene.Margin, height, width);
        labels.Clean();
        labels.Renumber();
        NdArray<float> image = new(render.Channels.Length, height, width);
        for (int c = 0; c < render.Channels.Length; c++)
            render.Channels[c].Cropped(scene.Margin, height, width).Data.CopyTo(image.Plane(c));
        return new SyntheticImage(image, new NdArray<int>(labels.Data, height, width), entry.Name, labels.MeanDiameter(wholeOnly: false));
    }

    private sealed record KindEntry(string Name, double Smallest, double Largest, double Weight, Func<Scene, Render> Draw);
}
