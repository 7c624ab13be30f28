using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Linking;
using Cellpose3D.Tracking.TemporalFlow;

namespace Cellpose3D.Tracking.Tests.Lineages;

public sealed class GapFillerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    public void Complete_DiscMissingForAFrame_IsTheDiscBetween(int planes)
    {
        int[] shape = planes == 1 ? [48, 64] : [planes, 48, 64];
        double z = planes / 2;
        NdArray<int>[] frames = [Discs.Draw(shape, (3, z, 24, 20, 6)), new NdArray<int>(shape), Discs.Draw(shape, (9, z, 24, 28, 6))];
        TrackingSolution solution = Linked(frames);

        (GapFiller filler, FilledTracks filled) = Fill(solution, frames);

        Assert.Equal(1, filler.GapCount);
        Assert.Equal(Discs.Draw(shape, (1, z, 24, 24, 6)).Data, filler.Fill(1, frames[1]).Data);
        Assert.Equal([1], filled.Interpolated);
        Assert.Equal([0, 2], filled.NewIds);
        Assert.Equal([(0, 1), (1, 2)], filled.Solution.Links.Select(l => (l.Source, l.Target)));
        Assert.Equal(new TrackRow(1, 0, 2, 0), Assert.Single(TrackSet.Build(filled.Solution, splitAtGaps: true).Rows()));
    }

    [Fact]
    public void Fill_DiscThatGrows_HasTheSizeBetween()
    {
        int[] shape = [64, 64];
        NdArray<int>[] frames = [Discs.Draw(shape, (1, 0, 32, 32, 6)), new NdArray<int>(64, 64), new NdArray<int>(64, 64), Discs.Draw(shape, (1, 0, 32, 32, 12))];

        (GapFiller filler, _) = Fill(Linked(frames), frames);

        foreach ((int t, double radius) in ((int, double)[])[(1, 8), (2, 10)])
            Assert.InRange(filler.Fill(t, frames[t]).Data.Count(l => l > 0), 0.95 * Math.PI * radius * radius, 1.05 * Math.PI * radius * radius);
    }

    [Fact]
    public void Fill_PlaceThatAnotherCellCovers_LeavesItAlone()
    {
        int[] shape = [48, 64];
        NdArray<int>[] frames =
        [
            Discs.Draw(shape, (3, 0, 24, 24, 6)), Discs.Draw(shape, (7, 0, 24, 24, 14)), Discs.Draw(shape, (3, 0, 24, 24, 6)),
        ];
        var cells = new DetectionTable();
        for (int t = 0; t < 3; t++)
            cells.Add(CellMeasurer.Measure(frames[t], null, t, SpacingUm.Unit));
        var solution = new TrackingSolution(cells);
        solution.SetLink(new Link(0, 2, 0.5f, 1));

        (GapFiller filler, FilledTracks filled) = Fill(solution, frames);

        Assert.Equal(frames[1].Data, filler.Fill(1, frames[1]).Data);
        Assert.Empty(filled.Interpolated);
        Assert.Equal([(0, 2)], filled.Solution.Links.Select(l => (l.Source, l.Target)));
    }

    [Fact]
    public void Fill_NothingMissing_GivesTheArrayBack()
    {
        NdArray<int>[] frames = [Discs.Draw([32, 32], (3, 0, 16, 16, 6)), Discs.Draw([32, 32], (3, 0, 16, 16, 6))];

        (GapFiller filler, FilledTracks filled) = Fill(Linked(frames), frames);

        Assert.Same(frames[1], filler.Fill(1, frames[1]));
        Assert.Equal(0, filler.GapCount);
        Assert.Equal([0, 1], filled.NewIds);
    }

    private static TrackingSolution Linked(NdArray<int>[] frames)
    {
        var cells = new DetectionTable();
        for (int t = 0; t < frames.Length; t++)
            cells.Add(CellMeasurer.Measure(frames[t], null, t, SpacingUm.Unit));
        var solution = new TrackingSolution(cells);
        for (int cell = 1; cell < cells.Count; cell++)
            solution.SetLink(new Link(cell - 1, cell, 0.9f, 4));
        return solution;
    }

    private static (GapFiller Filler, FilledTracks Filled) Fill(TrackingSolution solution, NdArray<int>[] frames)
    {
        var filler = new GapFiller(solution, SpacingUm.Unit);
        for (int t = 0; t < frames.Length; t++)
            filler.Observe(t, frames[t]);
        return (filler, filler.Complete(t => frames[t], null));
    }
}
