using System.Numerics;

namespace Cellpose3D.IO;

/// <summary>Intensities: the nearest float32.</summary>
internal readonly struct FloatConversion : ISampleConversion<float>
{
    public static float Convert<TIn>(TIn value, string place)
        where TIn : unmanaged, INumber<TIn> => float.CreateTruncating(value);
}
