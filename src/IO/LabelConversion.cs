using System.Globalization;
using System.Numerics;

namespace Cellpose3D.IO;

/// <summary>Labels: exact, or an error.</summary>
internal readonly struct LabelConversion : ISampleConversion<int>
{
    public static int Convert<TIn>(TIn value, string place)
        where TIn : unmanaged, INumber<TIn>
    {
        long whole = TIn.IsInteger(value) ? long.CreateSaturating(value) : -1;
        return whole is >= 0 and <= int.MaxValue ? (int)whole : throw new InvalidDataException(
            $"a label must be a whole number from 0 to 2,147,483,647; {place} holds {value.ToString(null, CultureInfo.InvariantCulture)}.");
    }
}
