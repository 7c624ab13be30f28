using System.Numerics;

namespace Cellpose3D.IO;

/// <summary>How stored samples become the values a caller asked for; a type, so that loops over it are specialised.</summary>
internal interface ISampleConversion<TOut>
{
    /// <param name="value">As stored.</param>
    /// <param name="place">File and plane, for messages.</param>
    public static abstract TOut Convert<TIn>(TIn value, string place)
        where TIn : unmanaged, INumber<TIn>;
}
