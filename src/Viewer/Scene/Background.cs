namespace Cellpose3D.Viewer.Scene;

/// <summary>What is behind everything.</summary>
/// <param name="Top">Colour at the top of the picture.</param>
/// <param name="Bottom">Colour at its bottom.</param>
/// <param name="IsTransparent">Whether PNGs are transparent there.</param>
public sealed record Background(Rgb Top, Rgb Bottom, bool IsTransparent = false)
{
    /// <summary>A dark blue-grey that lets colours glow; the default.</summary>
    public static Background Studio { get; } = new(new Rgb(38, 42, 52), new Rgb(10, 11, 15));

    /// <summary>Black, which adds nothing to fluorescence.</summary>
    public static Background Black { get; } = new(default, default);
}
