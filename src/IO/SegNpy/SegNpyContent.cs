using Cellpose3D.Core2D;

namespace Cellpose3D.IO.SegNpy;

/// <summary>What a <c>_seg.npy</c> file of the Cellpose GUI holds of a segmented image.</summary>
public sealed record SegNpyContent
{
    /// <summary>int32 [(Z,) Y, X], 0 = background.</summary>
    public required NdArray<int> Masks { get; init; }

    /// <summary>int32, shaped like <see cref="Masks"/>: the label at pixels of an outline, else 0; null to have it made from the masks.</summary>
    public NdArray<int>? Outlines { get; init; }

    /// <summary>Path of the image, which the GUI opens.</summary>
    public string FileName { get; init; } = "";

    /// <summary>Pixels: the diameter the image was segmented at; NaN when unknown.</summary>
    public double Diameter { get; init; } = double.NaN;

    /// <summary>The two channels as Cellpose counts them: 0 = grey, 1 = red, 2 = green, 3 = blue.</summary>
    public IReadOnlyList<int> Channels { get; init; } = [0, 0];

    /// <summary>Per label, whether a person drew it; null for none.</summary>
    public IReadOnlyList<bool>? IsManual { get; init; }

    /// <summary>uint8 [N, 3], a colour per label; null to let the GUI choose.</summary>
    public NdArray<byte>? Colors { get; init; }

    /// <summary>Flows and probabilities, from which the GUI can make masks anew; null when not kept.</summary>
    public SegNpyFlows? Flows { get; init; }
}
