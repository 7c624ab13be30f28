namespace Cellpose3D.Core2D.Network;

/// <summary>The sizes of a <see cref="CellposeNet"/>.</summary>
/// <param name="Channels">Input channels: 2 in every Cellpose model (cytoplasm, nucleus or zeros).</param>
/// <param name="Widths">Channels of each level, shallowest first; the paper has 32, 64, 128, 256. The last is the style's length.</param>
/// <param name="Outputs">Output maps: 3 (5 * flow y, 5 * flow x, probability logit).</param>
public sealed record NetArchitecture(int Channels, int[] Widths, int Outputs = 3)
{
    /// <summary>The paper's widths for a given base: base, 2 base, 4 base, 8 base.</summary>
    /// <param name="baseWidth">Width of the shallowest level; the paper has 32.</param>
    /// <param name="channels">Input channels.</param>
    public static NetArchitecture FromBase(int baseWidth, int channels = 2) =>
        new(channels, [baseWidth, 2 * baseWidth, 4 * baseWidth, 8 * baseWidth]);

    /// <summary>Length of the style vector.</summary>
    public int StyleLength => Widths[^1];

    /// <summary>Sides of a tile must be multiples of this, so that every pooling halves evenly.</summary>
    public int SizeMultiple => 1 << (Widths.Length - 1);

    /// <summary>Operations of all convolutions on one tile; a multiplication and an addition are two. 31.0e9 at the paper's widths and 224 x 224.</summary>
    /// <param name="height">Rows of the tile.</param>
    /// <param name="width">Columns of the tile.</param>
    public double Operations(int height, int width)
    {
        double operations = 0;
        for (int level = 0; level < Widths.Length; level++)
        {
            double pixels = (double)(height >> level) * (width >> level), w = Widths[level];
            double above = level == 0 ? Channels : Widths[level - 1], below = level == Widths.Length - 1 ? w : Widths[level + 1];
            double down = Block(above, w), up = Block(below, w), last = level == 0 ? w * Outputs : 0;
            operations += 2 * pixels * (down + up + last);
        }
        return operations;
    }

    /// <summary>Checks the sizes.</summary>
    /// <exception cref="ArgumentException">A size is not positive, or there are fewer than two levels.</exception>
    public void Validate()
    {
        if (Channels < 1 || Outputs < 1 || Widths.Length < 2 || Widths.Any(w => w < 1))
            throw new ArgumentException($"a network must have at least 1 channel, 1 output and 2 levels of positive width; got {this}.");
    }

    // products of a residual block at one pixel: a projection of 1 x 1 and four convolutions of 3 x 3
    private static double Block(double from, double to) => from * to + 9 * from * to + 27 * to * to;

    /// <summary>For messages, for example <c>2 -> 32, 64, 128, 256 -> 3</c>.</summary>
    public override string ToString() => $"{Channels} -> {string.Join(", ", Widths)} -> {Outputs}";
}
