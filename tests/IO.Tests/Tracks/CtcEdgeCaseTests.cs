using Cellpose3D.Core2D;
using Cellpose3D.IO.Ctc;
using Cellpose3D.IO.Tiff;
using Cellpose3D.Tracking;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Linking;
using Cellpose3D.Tracking.Metrics;

namespace Cellpose3D.IO.Tests.Tracks;

public sealed class CtcEdgeCaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_TrackNumberAbove65535_NamesTheAlternative()
    {
        var table = new DetectionTable();
        table.Add([new Detection { Frame = 0, Label = 1, Centroid = default }]);
        var solution = new TrackingSolution(table);
        solution.NameTrack(0, 70_000);

        NotSupportedException error = Assert.Throws<NotSupportedException>(() =>
            CtcMovie.Write(_folder.File("01_RES"), new TrackedMovie { Solution = solution }, _ => new NdArray<int>(4, 4)));

        Assert.Equal("the CTC format holds track numbers up to 65535; this movie needs 70000. Write GEFF with OME-Zarr labels or a uint32 TIFF instead.", error.Message);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void Write_70000CellsInAFrame_GoesToGeffInstead()
    {
        var frame = new NdArray<int>(280, 250);
        for (int i = 0; i < 70_000; i++)
            frame.Data[i] = i + 1;
        TrackedMovie movie = Track([frame]);

        Assert.Throws<NotSupportedException>(() => CtcMovie.Write(_folder.File("01_RES"), movie, _ => frame));
        Geff.GeffFile.Write(_folder.File("a.geff"), movie);

        SampleMovie.AssertSame(movie, Geff.GeffFile.Read(_folder.File("a.geff")));
    }

    [Fact]
    public void Write_Gap_IsANewLabelWithItsParent()
    {
        NdArray<int>[] frames = [Square(5), Square(5), new NdArray<int>(12, 12), Square(9)];
        TrackedMovie movie = Track(frames);

        CtcMovie.Write(_folder.File("01_RES"), movie, t => frames[t]);

        CtcFolder folder = CtcFolder.Open(_folder.File("01_RES"));
        Assert.Equal([new TrackRow(1, 0, 1, 0), new TrackRow(2, 3, 3, 1)], folder.Rows);
        Assert.Equal([1, 1, 0, 2], Enumerable.Range(0, 4).Select(t => folder.ReadFrame(t).Data.Max()));
        Assert.Single(CtcMovie.Read(folder).Tracks().Tracks);             // read back, the gap is closed again
    }

    [Theory]
    [InlineData("Mini-2D")]
    [InlineData("Mini-3D")]
    public void Write_ReadMovie_IsTheSameFolder(string name)
    {
        CtcFolder truth = CtcFolder.Open(Golden.Tracking("mini_ctc", name, "01_GT"));

        CtcMovie.Write(_folder.File("01_RES"), CtcMovie.Read(truth), truth.ReadFrame);

        CtcFolder written = CtcFolder.Open(_folder.File("01_RES"));
        Assert.Equal(truth.Rows.OrderBy(r => r.Label), written.Rows);
        for (int t = 0; t < truth.FrameCount; t++)
            Parity.SameLabels(truth.ReadFrame(t), written.ReadFrame(t));
        Assert.Equal(1, CtcScoring.Score(truth, written).Tra);
    }

    [Theory]
    [InlineData("1 0 1 0\n")]
    [InlineData("1\t0\t1\t0\r\n")]
    [InlineData("  1   0 1  0 \n\n")]
    public void Read_TabsOrSpaces_AreTheSame(string rows)
    {
        Masks("mask", 3, Square(1), Square(1));

        File.WriteAllText(_folder.File("res_track.txt"), rows);

        Assert.Equal([new TrackRow(1, 0, 1, 0)], CtcMovie.Read(CtcFolder.Open(_folder.Path)).Tracks().Rows());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Read_DigitsOfFrames_MayBeThreeOrFour(int digits)
    {
        Masks("mask", digits, Square(1), Square(1));
        File.WriteAllText(_folder.File("res_track.txt"), "1 0 1 0\n");

        Assert.Equal(2, CtcFolder.Open(_folder.Path).FrameCount);
    }

    [Fact]
    public void Read_UnorderedRowsAndMaskValues_AreFine()
    {
        NdArray<int> frame = Square(7);
        frame.Data[0] = 2;
        Masks("mask", 3, frame);
        File.WriteAllText(_folder.File("res_track.txt"), "7 0 0 0\n2 0 0 0\n");

        Assert.Equal([2, 7], CtcMovie.Read(CtcFolder.Open(_folder.Path)).Tracks().Tracks.Select(t => t.Id));
    }

    [Fact]
    public void Read_EmptyFrameAndEmptyMovie_AreLegal()
    {
        Masks("mask", 3, new NdArray<int>(12, 12), new NdArray<int>(12, 12));
        File.WriteAllText(_folder.File("res_track.txt"), "");

        TrackedMovie movie = CtcMovie.Read(CtcFolder.Open(_folder.Path));

        Assert.Equal((2, 0), (movie.FrameCount, movie.Solution.Detections.Count));
    }

    [Theory]
    [InlineData("2 0 1 0\n", "frame 0 has a mask 1 without a row.")]
    [InlineData("1 0 1 0\n3 0 0 0\n", "track 3 lies in frames 0 to 0, but frame 0 has no mask 3.")]
    [InlineData("1 0 0 0\n", "frame 1 has a mask 1, whose row holds it to frames 0 to 0; a label used again after a gap must be a new one with the old as parent.")]
    [InlineData("1 0 5 0\n", "track 1 must lie within frames 0 to 1; got 0 to 5.")]
    [InlineData("1 1 0 0\n", "track 1 must lie within frames 0 to 1; got 1 to 0.")]
    [InlineData("1 0 1 9\n", "track 1 has parent 9, which has no row.")]
    [InlineData("1 0 1 1\n", "track 1 begins in frame 0; its parent 1 must end before, but ends in frame 1.")]
    [InlineData("1 0 1 0\n1 0 1 0\n", "label 1 has two rows; a track has one.")]
    [InlineData("0 0 1 0\n", "labels must be above 0; got 0.")]
    [InlineData("1 0 1\n", "line 1 must be four whole numbers, label begin end parent; got '1 0 1'.")]
    [InlineData("1 0 one 0\n", "line 1 must be four whole numbers, label begin end parent; got '1 0 one 0'.")]
    public void Read_RowsThatDisagreeWithMasks_SayWhy(string rows, string message)
    {
        Masks("mask", 3, Square(1), Square(1));
        File.WriteAllText(_folder.File("res_track.txt"), rows);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => CtcMovie.Read(CtcFolder.Open(_folder.Path)));

        Assert.EndsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("res_track.txt", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Read_LabelUsedAgainAfterAGap_IsRefused()
    {
        Masks("mask", 3, Square(1), new NdArray<int>(12, 12), Square(1));
        File.WriteAllText(_folder.File("res_track.txt"), "1 0 2 0\n");

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => CtcMovie.Read(CtcFolder.Open(_folder.Path)));

        Assert.EndsWith("track 1 lies in frames 0 to 2, but frame 1 has no mask 1.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_MissingFrame_IsNamed()
    {
        Masks("mask", 3, Square(1), Square(1), Square(1));
        File.Delete(_folder.File("mask001.tif"));
        File.WriteAllText(_folder.File("res_track.txt"), "1 0 2 0\n");

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => CtcFolder.Open(_folder.Path));

        Assert.EndsWith("has no 'mask001.tif'; frames must be numbered from 0 without holes. An empty frame is an image of zeros.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FrameTwice_IsNamed()
    {
        Masks("mask", 3, Square(1));
        Masks("mask", 4, Square(1));
        File.WriteAllText(_folder.File("res_track.txt"), "1 0 0 0\n");

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => CtcFolder.Open(_folder.Path));

        Assert.EndsWith("has two files for frame 0: 'mask000.tif' and 'mask0000.tif'.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoTableOrNoMasks_SaysWhich()
    {
        Assert.Throws<DirectoryNotFoundException>(() => CtcFolder.Open(_folder.File("none")));
        Assert.EndsWith("name a folder in the layout of the Cell Tracking Challenge.", Assert.Throws<InvalidDataException>(() => CtcFolder.Open(_folder.Path)).Message, StringComparison.Ordinal);
        File.WriteAllText(_folder.File("res_track.txt"), "");
        Assert.EndsWith("has 'res_track.txt' but no 'mask000.tif'.", Assert.Throws<InvalidDataException>(() => CtcFolder.Open(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FramesOfTwoSizes_AreNamed()
    {
        Masks("mask", 3, Square(1), new NdArray<int>(12, 13));
        File.WriteAllText(_folder.File("res_track.txt"), "1 0 0 0\n");

        Assert.EndsWith("mask000.tif' is 12 x 12.", Assert.Throws<InvalidDataException>(() => CtcMovie.Read(CtcFolder.Open(_folder.Path))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_CutMask_SaysWhich()
    {
        Masks("mask", 3, Square(1), Square(1));
        File.WriteAllText(_folder.File("res_track.txt"), "1 0 1 0\n");
        byte[] bytes = File.ReadAllBytes(_folder.File("mask001.tif"));
        for (int length = 0; length < bytes.Length; length += 13)
        {
            File.WriteAllBytes(_folder.File("mask001.tif"), bytes[..length]);
            bool isRefused = SampleMovie.ReadsOrSaysWhy(() => CtcMovie.Read(CtcFolder.Open(_folder.Path)), $"cut to {length}");
            Assert.True(isRefused || length > bytes.Length / 2, $"cut to {length} must be refused");       // at the end lie texts nobody needs
        }
    }

    // the challenge's own rules at their edges
    [Fact]
    public void Score_ExactlyHalfCovered_IsNoMatch()
    {
        NdArray<int> half = new(12, 12), more = new(12, 12), whole = Square(1);
        Fill(half, 1, 3, 3, 3, 6);
        Fill(more, 1, 3, 3, 3, 6);
        more.Data[6 * 12 + 3] = 1;

        Assert.Equal((1, 1, 0.0), Score([whole], [half]));
        Assert.Equal((0, 0, 1.0), Score([whole], [more]));

        static (int, int, double) Score(NdArray<int>[] truth, NdArray<int>[] result)
        {
            AogmCounts counts = Evaluate(truth, result).Aogm;
            return (counts.Missed, counts.Spurious, counts.Det!.Value);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Score_OneResultOverSeveral_NeedsOneSplitLess(int covered)
    {
        NdArray<int> truth = new(12, 12), result = new(12, 12);
        for (int n = 0; n < covered; n++)
            Fill(truth, n + 1, 3 * n, 0, 2, 2);
        Fill(result, 1, 0, 0, 3 * covered, 2);

        Assert.Equal(covered - 1, Evaluate([truth], [result]).Aogm.Splits);
    }

    [Fact]
    public void Score_EmptyResultOrNoLinksOrNoDivisions_FollowTheChallenge()
    {
        NdArray<int> none = new(12, 12), one = Square(1);

        CtcScores empty = Evaluate([one, one], [none, none], [new TrackRow(1, 0, 1, 0)], []);
        CtcScores single = Evaluate([one], [one]);

        Assert.Equal((0.0, 0.0, 0.0), (empty.Det!.Value, empty.Tra!.Value, empty.Lnk!.Value));
        Assert.Null(single.Lnk);
        Assert.Equal(1, single.Tra);
        Assert.All(single.Bc, bc => Assert.True(bc is null or 0));
    }

    private static CtcScores Evaluate(NdArray<int>[] truth, NdArray<int>[] result, TrackRow[]? truthRows = null, TrackRow[]? resultRows = null)
    {
        var evaluator = new CtcEvaluator();
        for (int t = 0; t < truth.Length; t++)
            evaluator.AddFrame(truth[t], result[t]);
        return evaluator.Score(truthRows ?? Rows(truth), resultRows ?? Rows(result));

        static TrackRow[] Rows(NdArray<int>[] frames) => [.. frames[0].Data.Distinct().Where(l => l > 0).Select(l => new TrackRow(l, 0, frames.Length - 1, 0))];
    }

    private static TrackedMovie Track(NdArray<int>[] frames) => new() { Solution = Tracker.Track(frames), Shape = frames[0].Shape };

    private static NdArray<int> Square(int label)
    {
        var frame = new NdArray<int>(12, 12);
        Fill(frame, label, 3, 3, 6, 6);
        return frame;
    }

    private static void Fill(NdArray<int> frame, int label, int y0, int x0, int height, int width)
    {
        for (int y = y0; y < y0 + height; y++)
            frame.Data.AsSpan(y * frame.Shape[1] + x0, width).Fill(label);
    }

    private void Masks(string prefix, int digits, params NdArray<int>[] frames)
    {
        for (int t = 0; t < frames.Length; t++)
            TiffWriter.WriteLabels(_folder.File($"{prefix}{t.ToString($"D{digits}", System.Globalization.CultureInfo.InvariantCulture)}.tif"), frames[t]);
    }
}
