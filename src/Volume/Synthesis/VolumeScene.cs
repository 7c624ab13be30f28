using Cellpose3D.Core2D.Synthesis;

namespace Cellpose3D.Volume.Synthesis;

/// <summary>The space in which a volume is drawn: its size in pixels of a plane, the cells' size, and a random stream for each purpose.</summary>
internal sealed class VolumeScene
{
    private readonly SynthesisRandom _root;

    public VolumeScene(VolumeSynthesisOptions options, string kind, SynthesisRandom root, double smallest, double largest)
    {
        (Options, Kind, _root) = (options, kind, root);
        SynthesisRandom frame = root.Fork(0);
        double anisotropy = frame.Whole(1, 4), crowding = frame.Uniform();
        Anisotropy = options.Anisotropy ?? anisotropy;
        Crowding = options.Crowding ?? crowding;
        // a few cells must fit across
        double most = Math.Clamp(0.3 * Math.Min(options.Height, options.Width), smallest, largest);
        double drawn = frame.LogUniform(smallest, Math.Max(smallest * 1.001, most));
        Diameter = options.Diameter ?? drawn;
        SizeZ = options.Depth * Anisotropy;
    }

    public VolumeSynthesisOptions Options { get; }

    public string Kind { get; }

    /// <summary>Pixels of a plane.</summary>
    public double Diameter { get; }

    public double Anisotropy { get; }

    public double Crowding { get; }

    /// <summary>Length of the volume along z, pixels of a plane.</summary>
    public double SizeZ { get; }

    public int Height => Options.Height;

    public int Width => Options.Width;

    /// <summary>The middle voxel.</summary>
    public Point3 Middle => new((Options.Depth - 1) * Anisotropy / 2, (Height - 1) / 2.0, (Width - 1) / 2.0);

    /// <summary>Where cells are, and what shape they have.</summary>
    public SynthesisRandom PlaceRandom() => _root.Fork(1);

    /// <summary>How they look.</summary>
    public SynthesisRandom LookRandom() => _root.Fork(2);

    /// <summary>Lenses and scattering.</summary>
    public SynthesisRandom OpticsRandom() => _root.Fork(3);

    /// <summary>The camera of one channel.</summary>
    public SynthesisRandom CameraRandom(int channel) => _root.Fork(10 + channel);
}
