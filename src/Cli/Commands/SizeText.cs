using System.Globalization;
using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Commands;

/// <summary>Sizes as users write them: lengths with an x between.</summary>
internal static class SizeText
{
    /// <summary>Reads the size of a volume.</summary>
    /// <param name="option">Its name, for the message.</param>
    /// <param name="text">What was given.</param>
    /// <exception cref="CommandException">It is no such size.</exception>
    public static (int Depth, int Height, int Width) Volume(string option, string text) => Lengths(text) is [> 0, > 0, > 0] and [int z, int y, int x]
        ? (z, y, x)
        : throw new CommandException(ExitCode.Usage, $"{option} must be planes x rows x columns, as in 32x256x256; got '{text}'.");

    /// <summary>Reads the size of a plane, whose depth is 1, or of a volume.</summary>
    /// <param name="option">Its name, for the message.</param>
    /// <param name="text">What was given.</param>
    /// <exception cref="CommandException">It is no such size.</exception>
    public static (int Depth, int Height, int Width) PlaneOrVolume(string option, string text) => Lengths(text) switch
    {
        [> 0, > 0] and [int y, int x] => (1, y, x),
        [> 0, > 0, > 0] and [int z, int y, int x] => (z, y, x),
        _ => throw new CommandException(ExitCode.Usage, $"{option} must be rows x columns or planes x rows x columns, as in 256x256; got '{text}'."),
    };

    private static int[] Lengths(string text) =>
        [.. text.Split('x').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int length) ? length : 0)];
}
