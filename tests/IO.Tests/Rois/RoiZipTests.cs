using System.Buffers.Binary;
using System.IO.Compression;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.IO.Rois;

namespace Cellpose3D.IO.Tests.Rois;

public sealed class RoiZipTests
{
    private static readonly OutlinePoint[] Square = [new(2, 1), new(2, 5), new(6, 5), new(6, 1)];

    [Fact]
    public void Write_ThenRead_SamePolygonsNamesAndSlices()
    {
        Roi[] rois = [new("0001", Square), new("zellé µ", [new(0, 0), new(3, 7), new(9, 2)], Slice: 12), new("one", [new(4, 4)])];

        IReadOnlyList<Roi> back = RoundTrip(rois);

        Assert.Equal(rois.Select(r => (r.Name, r.Slice)), back.Select(r => (r.Name, r.Slice)));
        Assert.All(rois.Zip(back), pair => Assert.Equal(pair.First.Points, pair.Second.Points));
    }

    [Fact]
    public void Write_OutlinesOfLabels_AreNamedByLabelAndEmptyOnesLeftOut()
    {
        using var stream = new MemoryStream();

        int count = RoiZip.Write(stream, (Outline[])[new Outline(3, Square), new Outline(4, []), new Outline(123456, Square)]);

        Assert.Equal(2, count);
        stream.Position = 0;
        Assert.Equal(["000003", "123456"], RoiZip.Read(stream, "memory").Select(r => r.Name));
    }

    [Fact]
    public void Write_TracedOutlines_FillToTheSameCells()
    {
        NdArray<int> masks = Golden.Load<int>("utils", "masks");
        Outline[] outlines = Outlines.Trace(masks);
        using var stream = new MemoryStream();
        RoiZip.Write(stream, outlines);
        stream.Position = 0;

        IReadOnlyList<Roi> back = RoiZip.Read(stream, "memory");

        Outline[] full = [.. outlines.Where(o => o.Points.Length > 0)];
        Assert.Equal(full.Length, back.Count);
        Assert.All(full.Zip(back), pair => Assert.Equal(pair.First.Points.Distinct().Order(ByRow).ToArray(), Drawn(pair.Second.Points)));
    }

    [Fact]
    public void Write_PointsOnStraightLines_AreLeftOut()
    {
        OutlinePoint[] walked = [.. Line(2, 1, 0, 1, 4), .. Line(2, 5, 1, 0, 4), .. Line(6, 5, 0, -1, 4), .. Line(6, 1, -1, 0, 4)];

        Assert.Equal(Square, RoundTrip([new Roi("a", walked)])[0].Points);
    }

    [Fact]
    public void Write_SpurThatTurnsBack_KeepsItsTip()
    {
        OutlinePoint[] spur = [new(0, 0), new(0, 1), new(0, 2), new(0, 1)];

        Assert.Equal([new(0, 0), new OutlinePoint(0, 2)], RoundTrip([new Roi("a", spur)])[0].Points);
    }

    [Theory]
    [InlineData(32767, 0)]
    [InlineData(32768, 128)]
    [InlineData(70000, 128)]
    [InlineData(1 << 24, 128)]
    public void Write_LargeCoordinates_AddFloats(int x, int options)
    {
        OutlinePoint[] points = [new(3, x - 2), new(3, x), new(9, x)];

        Assert.Equal(points, RoundTrip([new Roi("a", points)])[0].Points);
        Assert.Equal(options, BinaryPrimitives.ReadInt16BigEndian(FirstEntry([new Roi("a", points)]).AsSpan(50)));
    }

    [Fact]
    public void Write_MoreCornersThanTheHeaderCounts_BecomesACompositeOfLines()
    {
        OutlinePoint[] zigzag = [.. Enumerable.Range(0, 70_000).Select(i => new OutlinePoint(i % 2 + i / 30_000, i % 30_000))];

        byte[] bytes = FirstEntry([new Roi("long", zigzag)]);
        Roi back = RoundTrip([new Roi("long", zigzag)])[0];

        Assert.Equal(1, bytes[6]);
        Assert.Equal(3 * zigzag.Length + 1, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(36)));
        Assert.Equal(zigzag, back.Points);
        Assert.Equal("long", back.Name);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData((1 << 24) + 1)]
    public void Write_PointOutsideTheRange_Refuses(int x)
    {
        Assert.Throws<ArgumentException>(() => RoundTrip([new Roi("a", [new OutlinePoint(0, x)])]));
    }

    [Fact]
    public void Write_TwoOfOneName_GetNamesOfTheirOwn()
    {
        Assert.Equal(["a", "a-2"], RoundTrip([new Roi("a", Square), new Roi("a", Square)]).Select(r => r.Name));
    }

    [Fact]
    public void Write_NoCells_IsAnEmptyArchive()
    {
        Assert.Empty(RoundTrip([]));
    }

    [Fact]
    public void Write_Header_IsWhatImageJReads()
    {
        byte[] bytes = FirstEntry([new Roi("ab", Square, Slice: 7)]);

        Assert.Equal("Iout"u8.ToArray(), bytes[..4]);
        Assert.Equal(228, Short(4));
        Assert.Equal(0, bytes[6]);
        Assert.Equal([2, 1, 7, 6], new[] { Short(8), Short(10), Short(12), Short(14) });      // top, left, bottom, right
        Assert.Equal(4, Short(16));
        Assert.Equal(7, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(56)));
        Assert.Equal([0, 4, 4, 0, 0, 0, 4, 4], Enumerable.Range(0, 8).Select(i => (int)Short(64 + 2 * i)));   // x then y, from the corner
        Assert.Equal(80, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(60)));
        Assert.Equal(80 + 64 + 4, bytes.Length);

        short Short(int at) => BinaryPrimitives.ReadInt16BigEndian(bytes.AsSpan(at));
    }

    [Fact]
    public void Read_Damaged_RefusesWithTheEntrysName()
    {
        byte[] whole = FirstEntry([new Roi("cell", Square)]);
        for (int length = 0; length < 80; length++)
            Assert.Contains("'cell'", Assert.Throws<InvalidDataException>(() => RoiCodec.Decode(whole[..length], "cell", "a.zip")).Message);

        var random = new Random(5);
        for (int trial = 0; trial < 3000; trial++)
        {
            byte[] damaged = (byte[])whole.Clone();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                RoiCodec.Decode(damaged, "cell", "a.zip");
            }
            catch (Exception e) when (e is InvalidDataException or NotSupportedException)
            {
                // refused: fine
            }
        }
    }

    [Fact]
    public void Read_DamagedArchive_AnswersOrRefuses()
    {
        using var whole = new MemoryStream();
        RoiZip.Write(whole, [new Roi("a", Square), new Roi("b", Square)]);
        byte[] bytes = whole.ToArray();
        var random = new Random(6);

        for (int trial = 0; trial < 3000; trial++)
        {
            byte[] damaged = trial < bytes.Length ? bytes[..trial] : (byte[])bytes.Clone();
            if (trial >= bytes.Length)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                RoiZip.Read(new MemoryStream(damaged), "rois.zip");
                Assert.True(trial >= bytes.Length, $"the first {trial} bytes were read as if whole");
            }
            catch (Exception e) when (e is InvalidDataException or NotSupportedException)
            {
                Assert.Contains("'rois.zip'", e.Message);
            }
        }
    }

    [Fact]
    public void OutlinesText_RoundTrip_OneLineEach()
    {
        using var writer = new StringWriter();
        OutlinesText.Write(writer, [new Outline(1, Square), new Outline(2, []), new Outline(3, [new(0, 70000)])]);

        IReadOnlyList<Outline> back = OutlinesText.Read(new StringReader(writer.ToString()), "o.txt");

        Assert.Equal("1,2,5,2,5,6,1,6\n70000,0\n", writer.ToString());
        Assert.Equal([Square, [new(0, 70000)]], back.Select(o => o.Points));
        Assert.Contains("line 2 of 'o.txt'", Assert.Throws<InvalidDataException>(() => OutlinesText.Read(new StringReader("1,2\n3,x\n"), "o.txt")).Message);
        Assert.Contains("line 1 of 'o.txt'", Assert.Throws<InvalidDataException>(() => OutlinesText.Read(new StringReader("1,2,3\n"), "o.txt")).Message);
    }

    private static readonly Comparer<OutlinePoint> ByRow = Comparer<OutlinePoint>.Create((a, b) => (a.Y, a.X).CompareTo((b.Y, b.X)));

    private static IEnumerable<OutlinePoint> Line(int y, int x, int dy, int dx, int n) => Enumerable.Range(0, n).Select(i => new OutlinePoint(y + i * dy, x + i * dx));

    /// <summary>The pixels on the polygon's sides; of an outline they all run straight or diagonally.</summary>
    private static OutlinePoint[] Drawn(IReadOnlyList<OutlinePoint> corners)
    {
        var pixels = new HashSet<OutlinePoint>();
        for (int i = 0; i < corners.Count; i++)
        {
            OutlinePoint a = corners[i], b = corners[(i + 1) % corners.Count];
            int steps = Math.Max(Math.Abs(b.Y - a.Y), Math.Abs(b.X - a.X));
            for (int s = 0; s <= steps; s++)
                pixels.Add(steps == 0 ? a : new OutlinePoint(a.Y + (b.Y - a.Y) * s / steps, a.X + (b.X - a.X) * s / steps));
        }
        return [.. pixels.Order(ByRow)];
    }

    private static IReadOnlyList<Roi> RoundTrip(Roi[] rois)
    {
        using var stream = new MemoryStream();
        RoiZip.Write(stream, rois);
        stream.Position = 0;
        return RoiZip.Read(stream, "memory");
    }

    private static byte[] FirstEntry(Roi[] rois)
    {
        using var stream = new MemoryStream();
        RoiZip.Write(stream, rois);
        using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
        using Stream entry = zip.Entries[0].Open();
        using var bytes = new MemoryStream();
        entry.CopyTo(bytes);
        return bytes.ToArray();
    }
}
