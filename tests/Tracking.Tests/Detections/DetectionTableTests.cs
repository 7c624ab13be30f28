using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Tracking.Tests.Detections;

public sealed class DetectionTableTests
{
    private static readonly int[] Sizes = [3, 0, 4, 1, 0, 0, 5, 2];

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(1000)]
    public void Table_WhateverStaysInMemory_HoldsTheSameCells(int mostHeld)
    {
        (DetectionTable table, Detection[] expected) = Fill(mostHeld);

        Assert.Equal((15, 8), (table.Count, table.FrameCount));
        Assert.Equal(expected, table.All);
        Assert.Equal(expected, Enumerable.Range(0, table.Count).Select(id => table[id]));                  // one after the other, whole frames are read
        Assert.Equal(expected.Reverse(), Enumerable.Range(0, table.Count).Reverse().Select(id => table[id]));   // backwards, single cells
        Assert.Equal(expected.Select(c => c.Frame), Enumerable.Range(0, table.Count).Select(table.FrameOf));
        for (int frame = 0; frame < table.FrameCount; frame++)
            Assert.Equal(expected.Where(c => c.Frame == frame), table.Frame(frame).ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void Find_EveryLabelAndOthers_GivesIdsOrNone(int mostHeld)
    {
        (DetectionTable table, Detection[] expected) = Fill(mostHeld);

        for (int id = 0; id < expected.Length; id++)
        {
            Assert.Equal(id, table.Find(expected[id].Frame, expected[id].Label));
            Assert.Equal(-1, table.Find(expected[id].Frame, expected[id].Label + 1));
        }
        Assert.Equal(-1, table.Find(1, 1));
        Assert.Equal(-1, table.Find(8, 1));
    }

    [Fact]
    public void Table_ReadByManyThreads_GivesEachItsCells()
    {
        (DetectionTable table, Detection[] expected) = Fill(0);

        Parallel.For(0, 2000, n =>
        {
            int id = n * 7 % expected.Length, frame = n % Sizes.Length;
            Assert.Equal(expected[id], table[id]);
            Assert.Equal(Sizes[frame], table.Frame(frame).Length);
        });
    }

    [Fact]
    public void Index_NoSuchCell_IsRefused()
    {
        (DetectionTable table, _) = Fill(0);

        Assert.Throws<ArgumentOutOfRangeException>(() => table[15]);
        Assert.Throws<ArgumentOutOfRangeException>(() => table[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new DetectionTable().FrameOf(0));
    }

    private static (DetectionTable Table, Detection[] Cells) Fill(int mostHeld)
    {
        var table = new DetectionTable(mostHeld);
        var all = new List<Detection>();
        for (int frame = 0; frame < Sizes.Length; frame++)
        {
            Detection[] cells = [.. Enumerable.Range(0, Sizes[frame]).Select(n => new Detection
            {
                Frame = frame, Label = 2 * n + 1, Centroid = new PointUm(frame, n, frame * 10 + n), Size = 100 + n, DiameterUm = frame + 0.5f, Intensity = n % 2 == 0 ? float.NaN : n,
            })];
            Assert.Equal(all.Count, table.Add(cells));
            all.AddRange(cells);
        }
        return (table, [.. all]);
    }
}
