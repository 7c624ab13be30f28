using Cellpose3D.Core2D;
using Cellpose3D.Tracking.TemporalFlow.Learned;
using Cellpose3D.Tracking.TemporalFlow.Learned.Training;

namespace Cellpose3D.Tracking.Tests.TemporalFlow.Learned;

public sealed class PairTruthTests
{
    private const double Diameter = 16;

    [Fact]
    public void Find_Division_DaughtersPointAtTheMotherAndItsHalvesAtThem()
    {
        CellPlane earlier = Lay(Discs.Draw(64, 64, (1, 32.0, 32.0, 8.0)), 1);
        CellPlane later = Lay(Discs.Draw(64, 64, (1, 32.0, 22.0, 6.0), (2, 32.0, 42.0, 6.0)), 2);
        PairGraph graph = PairGraph.Build([earlier, later], [new FramePair(0, 1, 1, 0, 0)]);

        PairTruth truth = PairTruth.Find(graph, [[1], [2, 3]], new Ancestry([new(1, 0, 0, 0), new(2, 1, 1, 1), new(3, 1, 1, 1)]), Diameter);

        Assert.Equal([1, 1, 1], truth.HasPartner);
        Assert.Equal([1, 1, 1], truth.Divides);
        Assert.Equal([1, 1, 1, 1], truth.ArcIsTrue);
        for (int n = 0; n < graph.EntrySlot.Length; n++)
        {
            float x = truth.EntryMotion[2 * n + 1];
            int node = (int)(graph.EntryNode[n] % (earlier.Height * earlier.Width));
            double expected = graph.EntrySlot[n] switch
            {
                0 => 10 / Diameter,                                      // from the left daughter to the mother
                1 => -10 / Diameter,
                _ => Math.Sign(earlier.NodeX(node, Diameter) - earlier.CentreX[0]) * 10 / Diameter,
            };
            Assert.Equal(expected, x, 1e-5);
            Assert.Equal(0, truth.EntryMotion[2 * n], 1e-5);
        }
    }

    [Fact]
    public void Find_AppearingAndDrift_AreTold()
    {
        CellPlane earlier = Lay(Discs.Draw(64, 64, (1, 20.0, 20.0, 8.0)), 1);
        CellPlane later = Lay(Discs.Draw(64, 64, (1, 24.0, 28.0, 8.0), (2, 50.0, 50.0, 8.0)), 2);
        PairGraph graph = PairGraph.Build([earlier, later], [new FramePair(0, 1, 2, 4 / 16f, 0)]);

        PairTruth truth = PairTruth.Find(graph, [[5], [5, 9]], new Ancestry([new(5, 0, 1, 0), new(9, 1, 1, 0)]), Diameter);

        Assert.Equal([1, 0, 1], truth.HasPartner);
        Assert.Equal([1, 1, 1], truth.Reached);
        Assert.Equal([0, 0, 0], truth.Divides);
        int own = Array.FindIndex(graph.EntrySlot, s => s == 0);
        Assert.Equal(0, truth.EntryMotion[2 * own], 1e-5);               // the drift explains it
        Assert.Equal(-0.5, truth.EntryMotion[2 * own + 1], 1e-5);
    }

    [Fact]
    public void In_TrackThatBeganInBetween_IsItsMother()
    {
        var ancestry = new Ancestry([new(1, 0, 3, 0), new(2, 4, 5, 1), new(3, 4, 9, 1), new(4, 8, 9, 2), new(5, 6, 9, 2)]);

        Assert.Equal((1, true), ancestry.In(2, new HashSet<int> { 1 }));
        Assert.Equal((1, true), ancestry.In(4, new HashSet<int> { 1, 3 }));
        Assert.Equal((2, true), ancestry.In(5, new HashSet<int> { 1, 2 }));
        Assert.Equal((3, false), ancestry.In(3, new HashSet<int> { 3 }));
        Assert.Equal((0, false), ancestry.In(3, new HashSet<int> { 2 }));
    }

    [Fact]
    public void In_GapOfATrack_IsNoDivision() =>
        Assert.Equal((1, false), new Ancestry([new(1, 0, 2, 0), new(2, 4, 6, 1)]).In(2, new HashSet<int> { 1 }));

    private static CellPlane Lay(NdArray<int> labels, int count) => CellPlane.Lay(labels, l => l - 1, count, null, 1, 1, Diameter);
}
