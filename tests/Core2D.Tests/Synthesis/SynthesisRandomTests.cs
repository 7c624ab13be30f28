using Cellpose3D.Core2D.Synthesis;

namespace Cellpose3D.Core2D.Tests.Synthesis;

public sealed class SynthesisRandomTests
{
    [Fact]
    public void NextBits_Reseeded_RepeatsAndForksDoNotDependOnDraws()
    {
        SynthesisRandom one = new(7), two = new(7);
        ulong[] first = [one.NextBits(), one.NextBits(), one.NextBits()];

        Assert.Equal(first, new[] { two.NextBits(), two.NextBits(), two.NextBits() });
        Assert.Equal(new SynthesisRandom(7).Fork(3).NextBits(), one.Fork(3).NextBits());
        Assert.NotEqual(one.Fork(3).NextBits(), one.Fork(4).NextBits());
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(5)]
    [InlineData(15.9)]
    [InlineData(16.1)]
    [InlineData(900)]
    public void Poisson_ManyDraws_HasMeanAndVarianceOfItsParameter(double mean)
    {
        SynthesisRandom random = new(1);
        double sum = 0, squares = 0;
        const int Draws = 40000;
        for (int n = 0; n < Draws; n++)
        {
            double value = random.Poisson(mean);
            Assert.Equal(Math.Floor(value), value);
            sum += value;
            squares += value * value;
        }

        double found = sum / Draws, variance = squares / Draws - found * found;
        Assert.InRange(found / mean, 0.97, 1.03);
        Assert.InRange(variance / mean, 0.96, 1.04);
    }

    [Fact]
    public void Normal_ManyDraws_HasTheMomentsOfTheBell()
    {
        SynthesisRandom random = new(2);
        double[] moments = new double[5];
        const int Draws = 100000;
        for (int n = 0; n < Draws; n++)
        {
            double z = random.Normal(), power = 1;
            for (int k = 0; k < 5; k++, power *= z)
                moments[k] += power / Draws;
        }

        Assert.InRange(moments[1], -0.015, 0.015);
        Assert.InRange(moments[2], 0.985, 1.015);
        Assert.InRange(moments[3], -0.05, 0.05);
        Assert.InRange(moments[4], 2.9, 3.1);
    }

    [Fact]
    public void Streams_OnAnyMachine_GiveThePinnedBits()
    {
        // One sum over every stage that could differ between machines: bits, normal and Poisson numbers, lattice noise, blur.
        SynthesisRandom random = new(2024);
        Plane field = NoiseField.Fractal(random, 33, 41, 9, 4, 0.6).Blurred(1.3);
        ulong sum = random.NextBits();
        foreach (float value in field.Blurred(7).Data)
            sum = sum * 31 + BitConverter.SingleToUInt32Bits(value);
        for (int n = 0; n < 200; n++)
            sum = sum * 31 + (ulong)random.Poisson(n * 0.5);

        Assert.Equal(15469276160458622723UL, sum);
    }

    [Theory]
    [InlineData(-30)]
    [InlineData(-1.3)]
    [InlineData(0)]
    [InlineData(0.7)]
    [InlineData(12.5)]
    public void PortableMath_AgainstTheLibrary_AgreesToTwelveDigits(double x)
    {
        Assert.Equal(Math.Exp(x), PortableMath.Exp(x), 1e-12 * Math.Exp(x));
        Assert.Equal(x, PortableMath.Log(PortableMath.Exp(x)), 1e-12);
        Assert.Equal(Math.Sin(x), PortableMath.SinCos(x).Sin, 1e-12);
        Assert.Equal(Math.Cos(x), PortableMath.SinCos(x).Cos, 1e-12);
        Assert.Equal(Math.Pow(Math.Abs(x) + 0.1, 1.7), PortableMath.Pow(Math.Abs(x) + 0.1, 1.7), 1e-9);
    }
}
