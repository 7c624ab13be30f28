using System.Numerics;

namespace Cellpose3D.IO;

/// <summary>Plain casts to any number type, as C does them.</summary>
internal readonly struct NumberConversion<T> : ISampleConversion<T>
    where T : unmanaged, INumber<T>
{
    public static T Convert<TIn>(TIn value, string place)
        where TIn : unmanaged, INumber<TIn> => T.CreateTruncating(value);
}
