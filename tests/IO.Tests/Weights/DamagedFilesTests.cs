using Cellpose3D.IO.Weights;

namespace Cellpose3D.IO.Tests.Weights;

/// <summary>Whatever the bytes, the readers answer or say that the file is bad; they never crash, hang or grow.</summary>
public sealed class DamagedFilesTests
{
    public static TheoryData<string> Files =>
    [
        "types_zip.pt", "types_legacy.pt", "views_legacy.pt", "nested_zip.pt", "nested_legacy.pt", "protocol1_legacy.pt", "protocol4_legacy.pt",
        "numpy_p0.npy", "numpy_p2.npy", "numpy_p3.npy", "numpy_p4.npy", "numpy_p5.npy", "safetensors", "size",
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_CutAtEveryByte_SaysThatItIsDamaged(string file)
    {
        byte[] whole = Content(file);

        int answered = 0;
        for (int length = 0; length < whole.Length; length++)
            answered += ReadsOrRefuses(file, whole[..length]) ? 1 : 0;

        // NumPy's own trailing bytes and a zip's comment are the only ones that may go unmissed
        Assert.True(answered == 0, $"{answered} of {whole.Length} cuts were read as if whole");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_BytesFlippedAtRandom_AnswersOrRefuses(string file)
    {
        byte[] whole = Content(file);
        var random = new Random(12345);

        for (int trial = 0; trial < 3000; trial++)
        {
            byte[] damaged = (byte[])whole.Clone();
            for (int flips = random.Next(1, 5); flips > 0; flips--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            ReadsOrRefuses(file, damaged);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_PiecesSplicedAtRandom_AnswersOrRefuses(string file)
    {
        byte[] whole = Content(file);
        var random = new Random(54321);

        for (int trial = 0; trial < 1000; trial++)
        {
            int from = random.Next(whole.Length), length = random.Next(Math.Min(64, whole.Length - from)), to = random.Next(whole.Length);
            ReadsOrRefuses(file, [.. whole[..to], .. whole.AsSpan(from, length), .. whole[to..]]);
        }
    }

    private static byte[] Content(string file)
    {
        using var stream = new MemoryStream();
        switch (file)
        {
            case "safetensors":
                CellposeModelFile.Save(stream, WeightsFile.Read(Fixture.Path("types_zip.pt")) with { Metadata = new Dictionary<string, string> { ["k"] = "v" } });
                return stream.ToArray();
            case "size":
                SizeModelFile.Write(stream, new([1, 2], [3, 4], 5, 6));
                return stream.ToArray();
            default:
                return File.ReadAllBytes(Fixture.Path(file));
        }
    }

    /// <summary>True when it read; false when it refused; any other exception fails the test.</summary>
    private static bool ReadsOrRefuses(string file, byte[] content)
    {
        using var stream = new MemoryStream(content);
        try
        {
            if (file == "size")
                SizeModelFile.Read(stream, file);
            else if (file.EndsWith(".npy", StringComparison.Ordinal))
                PickledNpy.Read(stream, file);
            else
                WeightsFile.Read(stream, file);
            return true;
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException)
        {
            return false;
        }
    }
}
