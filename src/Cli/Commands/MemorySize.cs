using System.Globalization;
using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Commands;

/// <summary>Reads sizes of memory as people write them.</summary>
internal static class MemorySize
{
    /// <summary>Bytes of <c>4G</c>, <c>1.5G</c>, <c>800M</c>, <c>64k</c> or a plain number.</summary>
    /// <exception cref="CommandException">It is none of these.</exception>
    public static long Parse(string option, string text)
    {
        string number = text.TrimEnd('B', 'b', 'i');
        int shift = number.Length == 0 ? 0 : char.ToUpperInvariant(number[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 };
        if (shift > 0)
            number = number[..^1];
        return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0 && value * (1L << shift) < long.MaxValue
            ? (long)(value * (1L << shift))
            : throw new CommandException(ExitCode.Usage, $"{option} must be a size such as 4G or 800M; got '{text}'.");
    }

    /// <summary>A size in words, for example <c>1.5 GB</c>.</summary>
    public static string Text(long bytes) => bytes >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):f1} GB")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, bytes >> 20)} MB");
}
