using System.Numerics;
using Cellpose3D.Core2D;

namespace Cellpose3D.Tests.Support;

/// <summary>Compares arrays with reference vectors; a failure prints error, mismatch and non-finite counts.</summary>
public static class Parity
{
    /// <summary>Every value within <paramref name="tolerance"/> of the reference (absolute), shapes equal.</summary>
    /// <param name="allowedFraction">Share of values that may differ by more (chaotic pixels); name the reason at the call.</param>
    public static void Close<T>(NdArray<T> expected, NdArray<T> actual, double tolerance, double allowedFraction = 0)
        where T : unmanaged, INumber<T>
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Close<T>(expected.Span, actual.Span, tolerance, allowedFraction);
    }

    /// <summary>Every value within <paramref name="tolerance"/> of the reference (absolute), lengths equal.</summary>
    public static void Close<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual, double tolerance, double allowedFraction = 0)
        where T : unmanaged, INumber<T>
    {
        Assert.Equal(expected.Length, actual.Length);
        double max = 0, sum = 0;
        int mismatches = 0, nonFinite = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double e = double.CreateChecked(expected[i]), a = double.CreateChecked(actual[i]);
            if (double.IsNaN(e) && double.IsNaN(a))
                continue;
            double error = Math.Abs(e - a);
            if (!double.IsFinite(error))
            {
                nonFinite++;
                mismatches++;
                continue;
            }
            max = Math.Max(max, error);
            sum += error;
            if (error > tolerance)
                mismatches++;
        }
        Assert.True(mismatches <= allowedFraction * expected.Length,
            $"{mismatches} of {expected.Length} values differ by more than {tolerance:g3} (allowed {allowedFraction:p2}); "
            + $"max {max:g4}, mean {sum / Math.Max(1, expected.Length):g4}, non-finite {nonFinite}.");
    }

    /// <summary>The same labels at every pixel.</summary>
    public static void SameLabels(NdArray<int> expected, NdArray<int> actual) => Close(expected, actual, 0);
}
