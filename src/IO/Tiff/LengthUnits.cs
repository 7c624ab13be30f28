namespace Cellpose3D.IO.Tiff;

/// <summary>Units of length and time as microscopes and ImageJ write them.</summary>
internal static class LengthUnits
{
    /// <summary>Micrometres of one unit; null when it is no length (pixel, reference frame) or unknown.</summary>
    public static double? Micrometres(string? unit) => unit?.Trim().Replace("\\u00B5", "µ", StringComparison.OrdinalIgnoreCase) switch
    {
        "µm" or "μm" or "um" or "micron" or "microns" or "micrometer" or "micrometers" or "micrometre" => 1,     // micro sign, and Greek mu
        "nm" or "nanometer" or "nanometers" => 1e-3,
        "Å" or "Å" or "angstrom" => 1e-4,                                  // letter, and angstrom sign
        "pm" or "picometer" => 1e-6,
        "mm" or "millimeter" or "millimeters" => 1e3,
        "cm" or "centimeter" or "centimeters" => 1e4,
        "m" or "meter" or "meters" => 1e6,
        "in" or "inch" or "inches" or "\"" => 25_400,
        _ => null,
    };

    /// <summary>Seconds of one unit; null when unknown.</summary>
    public static double? Seconds(string? unit) => unit?.Trim() switch
    {
        "s" or "sec" or "second" or "seconds" => 1,
        "ms" or "msec" or "millisecond" or "milliseconds" => 1e-3,
        "µs" or "μs" or "us" or "microsecond" or "microseconds" => 1e-6,
        "ns" or "nanosecond" or "nanoseconds" => 1e-9,
        "min" or "minute" or "minutes" => 60,
        "h" or "hour" or "hours" => 3600,
        "d" or "day" or "days" => 86_400,
        _ => null,
    };

    /// <summary>A product that is positive and finite, else null.</summary>
    public static double? Times(double value, double? unit) =>
        unit is { } u && value > 0 && double.IsFinite(value * u) ? value * u : null;
}
