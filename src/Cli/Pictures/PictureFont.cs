using ScottPlot;
using SkiaSharp;

namespace Cellpose3D.Cli.Pictures;

/// <summary>The font of plots and pictures: one without serifs that is installed, or the system's default.</summary>
internal static class PictureFont
{
    private static readonly string[] Sans = ["Arial", "Helvetica", "Liberation Sans", "Noto Sans", "DejaVu Sans", "Open Sans", "Lato"];

    /// <summary>Its family.</summary>
    public static string Name { get; } = Find();

    /// <summary>Whether a font is installed, without which pictures have no text.</summary>
    public static bool CanWriteText
    {
        get
        {
            using SKTypeface font = SKTypeface.FromFamilyName(Name);
            return font.ContainsGlyph('0');
        }
    }

    private static string Find()
    {
        string[] installed = SKFontManager.Default.GetFontFamilies();
        return Array.Find(Sans, installed.Contains) ?? Fonts.Default;
    }
}
