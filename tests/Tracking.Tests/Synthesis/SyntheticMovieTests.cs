using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Linking;
using Cellpose3D.Tracking.Metrics;
using Cellpose3D.Tracking.Synthesis;
using Cellpose3D.Tracking.TemporalFlow;

namespace Cellpose3D.Tracking.Tests.Synthesis;

public sealed class SyntheticMovieTests
{
    private static readonly TimelapseOptions Busy = new()
    {
        Seed = 3, Frames = 16, Height = 150, Width = 140, Diameter = 16, Motion = 0.3, Crowding = 0.25, CycleFrames = 14, BlinkRate = 0.01, DeathRate = 0.01,
    };

    private static readonly TimelapseOptions Solid = Busy with { Depth = 10, Height = 60, Width = 64, Diameter = 14, Anisotropy = 2, Frames = 10 };

    public static TheoryData<string> Kinds => ["flat", "solid", "skipped", "fast", "crowded"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Frames_Truth_ScoresOneByEveryMeasure(string kind)
    {
        (SyntheticMovie movie, SyntheticFrame[] frames) = Make(Options(kind));

        CtcScores scores = Score(movie.Rows, [.. frames.Select(f => f.Labels)], movie.Rows, [.. frames.Select(f => f.Labels)]);

        Assert.Equal([1.0, 1.0, 1.0, 1.0, 1.0], new double?[] { scores.Det, scores.Tra, scores.Lnk, scores.Ct, scores.Tf }.Select(v => v!.Value));
        Assert.True(scores.Divisions[0].Hits >= 3, $"{scores.Divisions[0]}");
        Assert.Equal([1.0, 1.0, 1.0, 1.0], scores.Bc.Select(b => b!.Value));
        Assert.Equal(1.0, scores.Chota!.Value, 1e-12);
        Assert.True(scores.Cca is null or 1);
        Assert.Equal(0, scores.Aogm.Aogm);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Frames_Lineage_IsAForest(string kind)
    {
        (SyntheticMovie movie, SyntheticFrame[] frames) = Make(Options(kind));

        TrackRow[] rows = [.. movie.Rows];
        TrackRows.Check(rows, [.. frames.Select(f => f.Cells.Select(c => c.Label).ToArray())]);
        Assert.Equal(Enumerable.Range(1, rows.Length), rows.Select(r => r.Label));
        Assert.All(rows, r => Assert.True(r.Parent < r.Label));           // parents are older, so no circle
        TrackRow[] heirs = [.. rows.Where(r => r.Parent > 0)];
        Assert.All(heirs, r => Assert.InRange(r.Begin - rows[r.Parent - 1].End, 1, 4));
        Assert.All(heirs.GroupBy(r => (r.Parent, r.Begin)), g => Assert.True(g.Count() > 1 || g.First().Begin > rows[g.Key.Parent - 1].End + 1, "a lone heir in the next frame is the same track"));
        LineageEvent[] divisions = [.. movie.Events.Where(e => e.Kind == LineageEventKind.Divide)];
        Assert.Equal(heirs.GroupBy(r => (r.Parent, r.Begin)).Where(g => g.Count() > 1).Select(g => (g.Key.Parent, g.Key.Begin)).Order(), divisions.Select(e => (e.Track, e.Frame)).Order());
        Assert.All(divisions, e => Assert.Equal(e.Others, heirs.Where(r => r.Parent == e.Track && r.Begin == e.Frame).Select(r => r.Label)));
        foreach (SyntheticFrame frame in frames)
        {
            Assert.All(frame.Cells, c => Assert.Equal(rows[c.Label - 1].Begin == frame.Index ? rows[c.Label - 1].Parent : 0, c.Parent));
            Assert.All(frame.Cells.Where(c => c.Parent > 0), c => Assert.Equal(rows[c.Parent - 1].End, c.ParentFrame));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Frames_Masks_AreOnePieceOfTenVoxelsOrMore(string kind)
    {
        (_, SyntheticFrame[] frames) = Make(Options(kind));

        foreach (SyntheticFrame frame in frames)
        {
            Detection[] cells = CellMeasurer.Measure(frame.Labels, frame.Image, 0, SpacingUm.Unit);
            Assert.Equal(frame.Cells.Select(c => c.Label), cells.Select(c => c.Label));
            Assert.All(cells, c => Assert.True(c.Size >= 10));
            Assert.Equal(cells.Length, FacePieces.Count(frame.Labels));
            Assert.All(frame.Image!.Data, v => Assert.True(v is >= 0 and <= ushort.MaxValue && v == MathF.Round(v)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(9)]
    public void Score_LinksTakenAway_CostsWhatTheyCost(int count)
    {
        (SyntheticMovie movie, SyntheticFrame[] frames) = Make(Busy with { BlinkRate = 0 });
        NdArray<int>[] truth = [.. frames.Select(f => f.Labels)], cut = [.. truth.Select(l => l.Clone())];
        // the longest tracks broken in two: every break is one missing edge between unchanged masks
        var rows = movie.Rows.ToList();
        foreach (TrackRow row in movie.Rows.Where(r => r.End - r.Begin >= 2).OrderByDescending(r => r.End - r.Begin).ThenBy(r => r.Label).Take(count))
        {
            int middle = (row.Begin + row.End + 1) / 2, label = rows.Count + 1;
            rows[row.Label - 1] = row with { End = middle - 1 };
            rows.Add(new TrackRow(label, middle, row.End, 0));
            for (int n = 0; n < rows.Count; n++)
                rows[n] = rows[n].Parent == row.Label ? rows[n] with { Parent = label } : rows[n];
            for (int t = middle; t <= row.End; t++)
                cut[t] = new NdArray<int>(Array.ConvertAll(cut[t].Data, l => l == row.Label ? label : l), cut[t].Shape);
        }

        CtcScores scores = Score(movie.Rows, truth, rows, cut);

        Assert.Equal((count, 0, 0), (scores.Aogm.EdgesToAdd, scores.Aogm.EdgesToDelete, scores.Aogm.EdgesToAlter));
        Assert.Equal(1.5 * count, scores.Aogm.Aogm, 1e-9);
        Assert.Equal(1, scores.Det);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Solve_AnyMovie_CostsAtMostTheTruth(string kind)
    {
        (SyntheticMovie movie, SyntheticFrame[] frames) = Make(Options(kind));
        var options = new TrackerOptions { KeepCandidates = true, Drift = false, Linking = new LinkingOptions { Window = 1000, Commit = 1000, Margins = false } };
        var tracker = new Tracker(options);
        foreach (SyntheticFrame frame in frames)
            tracker.Add(frame.Labels, frame.Image);
        TrackingSolution found = tracker.Finish();
        var truth = SolutionFromRows.Build(found.Detections, [.. movie.Rows]);

        // the truth as far as its links are among the candidates: the solver may choose any of those
        var candidates = Enumerable.Range(0, frames.Length).SelectMany(t => tracker.Candidates.To(t).ToArray()).ToDictionary(c => (c.Source, c.Target));
        double optimum = Cost(found, tracker, options.Linking, candidates), ideal = Cost(truth, tracker, options.Linking, candidates);

        Assert.True(optimum <= ideal + 1e-6, $"{optimum} > {ideal}");
        Assert.True(found.LinkCount > 20);
    }

    [Fact]
    public void Frames_Skipped_AreThoseOfTheWholeMovieAndKeepTheLineage()
    {
        // cells that stay: one that leaves and comes back is another one in the movie that saw all of its absence; likewise at the border
        TimelapseOptions still = Busy with { Motion = 0.05, DriftShare = 0, FlowShare = 0 };
        (SyntheticMovie whole, SyntheticFrame[] all) = Make(still with { Frames = 13 });
        (SyntheticMovie skipped, SyntheticFrame[] some) = Make(still with { Frames = 5, FrameSkip = 3 });

        var ancestors = whole.Rows.ToDictionary(r => r.Label, r => r.Parent);
        int checks = 0;
        var original = new Dictionary<int, HashSet<int>>();              // track of the skipped movie -> tracks of the whole one
        for (int t = 0; t < some.Length; t++)
        {
            for (int n = 0; n < some[t].Labels.Length; n++)
            {
                int label = some[t].Labels.Data[n], other = all[3 * t].Labels.Data[n];
                if (label == 0 || other == 0)                            // slivers enter by what was seen before
                    continue;
                if (!original.TryGetValue(label, out HashSet<int>? set))
                    original[label] = set = [];
                set.Add(other);
            }
        }
        foreach (TrackRow row in skipped.Rows)
        {
            int[] chain = [.. original[row.Label].Order()];              // ids ascend along a lineage
            for (int n = 1; n < chain.Length; n++)
                Assert.True(Descends(chain[n], chain[n - 1]), $"{chain[n]} does not come from {chain[n - 1]}");
            if (row.Parent == 0 || !IsInside(some[row.Begin], row.Label) || !IsInside(some[skipped.Rows[row.Parent - 1].End], row.Parent))
                continue;
            Assert.True(Descends(chain[0], original[row.Parent].Max()), $"track {row.Label}");
            checks++;
        }
        Assert.True(checks >= 10, $"{checks}");

        static bool IsInside(SyntheticFrame frame, int label)
        {
            SyntheticCell cell = frame.Cells.First(c => c.Label == label);
            return cell.Y is > 20 and < 130 && cell.X is > 20 and < 120;
        }

        bool Descends(int child, int parent)
        {
            for (; child > 0; child = ancestors[child])
            {
                if (child == parent)
                    return true;
            }
            return false;
        }
    }

    [Fact]
    public void Frames_SameSeed_GivesTheSameBitsOnEveryMachine()
    {
        string[] hashes = [.. new[] { Busy, Solid, Busy with { FrameSkip = 2 } }.Select(o => Hash(o with { Frames = 5 }))];

        Assert.Equal(["94D0F7C84EDABB59", "FE9EF2948E9285DA", "92EC15C96DF53265"], hashes);
    }

    [Fact]
    public void Frames_OtherOptics_LeaveTheTruth()
    {
        (_, SyntheticFrame[] one) = Make(Busy with { Frames = 4 });
        (_, SyntheticFrame[] other) = Make(Busy with { Frames = 4, Noise = 3, Blur = 0.5, Debris = 0, Unevenness = 0, Bleaching = 0.9 });
        (_, SyntheticFrame[] dark) = Make(Busy with { Frames = 4, Images = false });

        Assert.Equal(one.SelectMany(f => f.Labels.Data), other.SelectMany(f => f.Labels.Data));
        Assert.Equal(one.SelectMany(f => f.Labels.Data), dark.SelectMany(f => f.Labels.Data));
        Assert.All(dark, f => Assert.Null(f.Image));
    }

    [Fact]
    public void Frames_Motion_IsWhatWasAskedFor()
    {
        foreach (double motion in TimelapseOptions.MotionPresets)
        {
            var movie = new SyntheticMovie(new TimelapseOptions { Seed = 5, Frames = 12, Height = 400, Width = 400, Diameter = 12, Motion = motion, Crowding = 0.1, CycleFrames = 0, Images = false });
            foreach (SyntheticFrame _ in movie.Frames())
            {
            }

            Assert.InRange(movie.MeanStepDiameters, 0.8 * motion, 1.2 * motion);
        }
    }

    [Fact]
    public void Frames_Diameter_IsWhatWasAskedFor()
    {
        (_, SyntheticFrame[] frames) = Make(new TimelapseOptions { Seed = 8, Frames = 3, Height = 300, Width = 300, Diameter = 20, CycleFrames = 30, Images = false });

        double[] diameters = [.. frames.SelectMany(f => CellMeasurer.Measure(f.Labels, null, 0, SpacingUm.Unit)).Where(c => c.BorderUm > 0).Select(c => (double)c.DiameterUm)];
        Assert.InRange(diameters.Average(), 18, 22);
    }

    [Fact]
    public void Frames_NoCells_AreEmptyAndHaveNoRows()
    {
        (SyntheticMovie movie, SyntheticFrame[] frames) = Make(Busy with { Crowding = 0, Frames = 3 });

        Assert.Empty(movie.Rows);
        Assert.All(frames, f => Assert.DoesNotContain(f.Labels.Data, l => l != 0));
    }

    [Fact]
    public void Next_AfterTheLastFrame_IsNull()
    {
        var movie = new SyntheticMovie(Busy with { Frames = 1, Height = 20, Width = 20 });

        Assert.NotNull(movie.Next());
        Assert.Null(movie.Next());
    }

    [Fact]
    public void Constructor_MotionOutOfRange_IsRefused()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new SyntheticMovie(new TimelapseOptions { Motion = 5 }));

        Assert.Contains("Motion must be 0 to 4; got 5.", error.Message, StringComparison.Ordinal);
    }

    private static TimelapseOptions Options(string kind) => kind switch
    {
        "solid" => Solid,
        "skipped" => Busy with { FrameSkip = 4, Seed = 4, Frames = 10, CycleFrames = 30 },
        "fast" => Busy with { Motion = 1.5, Persistence = 0.8, Seed = 5 },
        "crowded" => Busy with { Crowding = 0.6, Motion = 0.6, Seed = 6, Frames = 10 },
        _ => Busy,
    };

    private static (SyntheticMovie Movie, SyntheticFrame[] Frames) Make(TimelapseOptions options)
    {
        var movie = new SyntheticMovie(options);
        return (movie, [.. movie.Frames()]);
    }

    private static CtcScores Score(IReadOnlyList<TrackRow> truthRows, NdArray<int>[] truth, IReadOnlyList<TrackRow> rows, NdArray<int>[] masks)
    {
        var evaluator = new CtcEvaluator();
        for (int t = 0; t < truth.Length; t++)
            evaluator.AddFrame(truth[t], masks[t]);
        return evaluator.Score(truthRows, rows);
    }

    /// <summary>What the solver minimises, summed over a solution's choices, in its thousandths of a nat.</summary>
    private static double Cost(TrackingSolution solution, Tracker tracker, LinkingOptions options, Dictionary<(int, int), CandidateLink> candidates)
    {
        DetectionTable cells = solution.Detections;
        double cost = 0;
        var children = new int[cells.Count];
        for (int id = 0; id < cells.Count; id++)
        {
            int parent = solution.ParentOf(id);
            // a division of three, or a link that is no candidate, is not open to the solver: the cell appears instead
            if (parent >= 0 && children[parent] < 2 && candidates.TryGetValue((parent, id), out CandidateLink link))
            {
                children[parent]++;
                cost += Math.Round(-link.Logit * 1000);
            }
            else if (cells[id].Frame > 0)
                cost += Math.Round(options.AppearNats * Inside(cells[id]) * 1000);
        }
        for (int id = 0; id < cells.Count; id++)
        {
            double disappear = cells[id].Frame == cells.FrameCount - 1 ? 0 : Math.Round(options.DisappearNats * Inside(cells[id]) * 1000);
            double nats = tracker.Candidates.DivisionLogit(id) is float logit ? -Math.Clamp(logit, -14, 14) : options.DivisionNats;
            cost += children[id] == 0 ? disappear : children[id] == 2 ? Math.Max(-disappear, Math.Round(nats * 1000)) : 0;
        }
        return cost;

        double Inside(in Detection cell) => options.BorderShare + (1 - options.BorderShare) * (cell.DiameterUm > 0 ? Math.Clamp(cell.BorderUm / cell.DiameterUm, 0, 1) : 1);
    }

    private static string Hash(TimelapseOptions options)
    {
        (SyntheticMovie movie, SyntheticFrame[] frames) = Make(options);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (SyntheticFrame frame in frames)
        {
            hash.AppendData(MemoryMarshal.AsBytes(frame.Image!.Data.AsSpan()));
            hash.AppendData(MemoryMarshal.AsBytes(frame.Labels.Data.AsSpan()));
        }
        foreach (TrackRow row in movie.Rows)
            hash.AppendData(MemoryMarshal.AsBytes((ReadOnlySpan<int>)[row.Label, row.Begin, row.End, row.Parent]));
        return Convert.ToHexString(hash.GetHashAndReset())[..16];
    }
}
