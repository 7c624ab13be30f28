using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.Volume.Synthesis;

namespace Cellpose3D.Volume.Tests.Synthesis;

public sealed class Cells3DTests
{
    private static readonly VolumeSynthesisOptions Small = new() { Seed = 5, Depth = 9, Height = 52, Width = 45, Diameter = 13, Anisotropy = 2 };

    public static TheoryData<string> Kinds => [.. Cells3D.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Generate_EveryKind_HasSoundLabelsAndCounts(string kind)
    {
        SyntheticVolume volume = Cells3D.Generate(Small with { Kind = kind, Crowding = 0.6 });

        RegionMeasurement[] cells = RegionMeasurements.Measure(PlaneSources.Of(volume.Labels), []);
        Assert.Equal([kind == "tissue-nuclei" ? 2 : 1, 9, 52, 45], volume.Image.Shape);
        Assert.Equal([9, 52, 45], volume.Labels.Shape);
        Assert.True(cells.Length >= 2, $"{cells.Length} cells");
        Assert.Equal(Enumerable.Range(1, cells.Length), cells.Select(c => c.Region.Label));
        Assert.All(cells, c => Assert.True(c.Region.Count >= 10));
        Assert.Equal(cells.Length, FacePieces.Count(volume.Labels));
        Assert.Equal(volume.Labels.Data.Where(l => l > 0).Distinct(), Enumerable.Range(1, cells.Length));      // by first voxel
        Assert.All(volume.Image.Data, v => Assert.True(v is >= 0 and <= ushort.MaxValue && v == MathF.Round(v)));
        Assert.Equal(2, volume.SpacingUm.Anisotropy!.Value, 1e-3);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Generate_Threads_ChangeNoBit(string kind)
    {
        string one = Hash(Cells3D.Generate(Small with { Kind = kind }, threads: 1));

        Assert.Equal(one, Hash(Cells3D.Generate(Small with { Kind = kind }, threads: 3)));
    }

    [Fact]
    public void Generate_SameSeed_GivesTheSameBitsOnEveryMachine()
    {
        string[] hashes = [.. Cells3D.Kinds.Select(kind => Hash(Cells3D.Generate(Small with { Kind = kind }))[..16])];

        Assert.Equal(["23C10261742F27F1", "2C8FED922F202E0C", "12AE3969169E9244", "5847CE4FCC5411B4", "AC53725813849B3A", "DB0ACBCCC353A4F1"], hashes);
    }

    [Fact]
    public void Generate_OtherSeed_GivesOtherVolume()
    {
        Assert.NotEqual(Hash(Cells3D.Generate(Small with { Kind = "nuclei" })), Hash(Cells3D.Generate(Small with { Kind = "nuclei", Seed = 6 })));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Generate_OtherOptics_LeaveTheTruth(string kind)
    {
        NdArray<int> truth = Cells3D.Generate(Small with { Kind = kind }).Labels;

        NdArray<int> bare = Cells3D.Generate(Small with { Kind = kind, Noise = 0, Blur = 0, Attenuation = 0 }).Labels;

        Assert.Equal(truth.Data, bare.Data);
    }

    [Fact]
    public void Generate_CoarserPlanes_AreThoseOfTheFineVolume()
    {
        // the scene is continuous: every other plane of the fine truth is the truth at twice the distance
        VolumeSynthesisOptions fine = Small with { Kind = "nuclei", Depth = 18, Anisotropy = 1 }, coarse = Small with { Kind = "nuclei", Anisotropy = 2 };

        NdArray<int> all = Cells3D.Generate(fine).Labels, half = Cells3D.Generate(coarse).Labels;

        int same = 0, size = 52 * 45;
        for (int z = 0; z < 9; z++)
        {
            for (int i = 0; i < size; i++)
                same += (all.Data[2 * z * size + i] > 0) == (half.Data[z * size + i] > 0) ? 1 : 0;
        }
        Assert.True(same >= 0.998 * 9 * size, $"{same} of {9 * size} voxels agree; only cells below 10 voxels at one distance may differ");
    }

    [Theory]
    [InlineData("nuclei", true)]
    [InlineData("sparse", true)]
    [InlineData("tissue", false)]
    public void Generate_WithoutNoise_CellsDifferFromWhatIsAroundThem(string kind, bool isBright)
    {
        SyntheticVolume volume = Cells3D.Generate(Small with { Kind = kind, Noise = 0, Crowding = 0.7, Height = 90, Width = 90 });

        // inner voxels against those with another label beside them
        (double inner, double border) = InnerAndBorder(volume);
        Assert.True(isBright ? inner > 1.2 * border : border > 1.2 * inner, $"inside {inner:f1}, at borders {border:f1}");
    }

    [Fact]
    public void Generate_Diameter_IsThatOfTheCells()
    {
        SyntheticVolume volume = Cells3D.Generate(new VolumeSynthesisOptions { Kind = "tissue", Seed = 1, Depth = 40, Height = 90, Width = 90, Diameter = 16, Anisotropy = 1 });

        RegionMeasurement[] whole = [.. RegionMeasurements.Measure(PlaneSources.Of(volume.Labels), []).Where(c => !c.TouchesBorder)];
        Assert.InRange(whole.Average(c => c.EquivalentDiameter), 13, 19);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 64, 64)]
    [InlineData(33, 1, 7)]
    public void Generate_FlatOrTiny_Works(int depth, int height, int width)
    {
        foreach (string kind in Cells3D.Kinds)
        {
            SyntheticVolume volume = Cells3D.Generate(new VolumeSynthesisOptions { Kind = kind, Depth = depth, Height = height, Width = width });

            Assert.Equal([depth, height, width], volume.Labels.Shape);
            Assert.All(volume.Image.Data, v => Assert.True(float.IsFinite(v)));
        }
    }

    [Fact]
    public void Generate_OptionOutOfRange_SaysTheRange()
    {
        Assert.Contains("Kind must be one of tissue,", Assert.Throws<ArgumentException>(() => Cells3D.Generate(Small with { Kind = "bricks" })).Message);
        Assert.Contains("Anisotropy must be 1 to 20; got 0.5", Assert.Throws<ArgumentOutOfRangeException>(() => Cells3D.Generate(Small with { Anisotropy = 0.5 })).Message);
        Assert.Contains("Depth must be 1 to 16384 voxels; got 0", Assert.Throws<ArgumentOutOfRangeException>(() => Cells3D.Generate(Small with { Depth = 0 })).Message);
        Assert.Throws<OperationCanceledException>(() => Cells3D.Generate(Small, cancellationToken: new CancellationToken(true)));
    }

    private static string Hash(SyntheticVolume volume)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(volume.Image.Span));
        hash.AppendData(MemoryMarshal.AsBytes(volume.Labels.Span));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static (double Inner, double Border) InnerAndBorder(SyntheticVolume volume)
    {
        (int depth, int height, int width) = (volume.Labels.Shape[0], volume.Labels.Shape[1], volume.Labels.Shape[2]);
        double inner = 0, border = 0;
        int innerCount = 0, borderCount = 0;
        for (int z = 0; z < depth; z++)
        {
            for (int y = 2; y < height - 2; y++)
            {
                for (int x = 2; x < width - 2; x++)
                {
                    int at = (z * height + y) * width + x, own = volume.Labels.Data[at];
                    bool isInner = own > 0 && Array.TrueForAll(Around(at, 2), i => volume.Labels.Data[i] == own);
                    bool isBorder = Array.Exists(Around(at, 1), i => volume.Labels.Data[i] != own);
                    if (isInner)
                        (inner, innerCount) = (inner + volume.Image.Data[at], innerCount + 1);
                    else if (isBorder)
                        (border, borderCount) = (border + volume.Image.Data[at], borderCount + 1);
                }
            }
        }
        return (inner / innerCount, border / borderCount);

        int[] Around(int at, int step) => [at - step, at + step, at - step * width, at + step * width];
    }
}
