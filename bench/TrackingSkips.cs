using Cellpose3D.Core2D;
using Cellpose3D.IO;
using Cellpose3D.IO.Ctc;
using Cellpose3D.Tracking.Lineages;
using Cellpose3D.Tracking.Linking;
using Cellpose3D.Tracking.Metrics;
using Cellpose3D.Tracking.Synthesis;

namespace Cellpose3D.Bench;

/// <summary>Links a movie of the Cell Tracking Challenge on its true masks, every 1st, 2nd, 4th and 8th frame, without and with the learned head.</summary>
internal static class TrackingSkips
{
    private const int BioTolerance = 3;                                  // frames, as the challenge allows the simulated nuclei

    /// <summary>Links and prints scores.</summary>
    /// <param name="images">The folder of its images, <c>01</c>, with <c>01_GT</c> beside it.</param>
    public static void Run(string images)
    {
        string folder = images.TrimEnd('/', '\\');
        CtcFolder truth = CtcFolder.Open(folder + "_GT");
        string[] files = [.. Directory.EnumerateFiles(folder, "t*.tif").Order(StringComparer.Ordinal)];
        foreach (int skip in (ReadOnlySpan<int>)[1, 2, 4, 8])
        {
            int[] kept = [.. Enumerable.Range(0, truth.FrameCount).Where(t => t % skip == 0)];
            NdArray<int>[] labels = [.. kept.Select(truth.ReadFrame)];
            NdArray<float>[] pictures = [.. kept.Select(t => ImageReader.Read(files[t], "YX").Pixels)];
            var degrader = new MaskDegrader(new MaskDefects(), 1);       // no defects, but labels that tell nothing
            NdArray<int>[] seen = [.. labels.Select((l, t) => degrader.Degrade(l, t).Labels)];
            TrackRow[] rows = Keep(truth.Rows, labels);
            foreach (bool learned in new[] { false, true })
            {
                TrackingSolution solution = TrackingSweep.Track(seen, pictures, learned);
                TrackSet tracks = TrackSet.Build(solution, splitAtGaps: true);
                var evaluator = new CtcEvaluator();
                for (int t = 0; t < labels.Length; t++)
                    evaluator.AddFrame(labels[t], TrackPainter.Paint(seen[t], t, solution.Detections, tracks));
                CtcScores scores = evaluator.Score(rows, tracks.Rows());
                Console.WriteLine($"every {skip}: {(learned ? "learned head" : "training-free flow"),-20} LNK {scores.Lnk:f4} BIO {scores.BioAt(BioTolerance):f4} CT {scores.Ct:f3} TF {scores.Tf:f3} CHOTA {scores.Chota:f4}");
            }
        }
    }

    /// <summary>The tracks of the frames that are left: those that are seen in none are gone, and their daughters are those of the nearest forebear that is left.</summary>
    private static TrackRow[] Keep(IReadOnlyList<TrackRow> rows, NdArray<int>[] labels)
    {
        var seen = new SortedDictionary<int, (int Begin, int End)>();
        for (int t = 0; t < labels.Length; t++)
        {
            foreach (int label in labels[t].Data.Distinct().Where(l => l > 0))
                seen[label] = (seen.TryGetValue(label, out (int Begin, int End) before) ? before.Begin : t, t);
        }
        Dictionary<int, int> parents = rows.ToDictionary(r => r.Label, r => r.Parent);
        return [.. seen.Select(s => new TrackRow(s.Key, s.Value.Begin, s.Value.End, Forebear(s.Key)))];

        int Forebear(int label)
        {
            int parent = parents[label];
            while (parent != 0 && !seen.ContainsKey(parent))
                parent = parents[parent];
            return parent;
        }
    }
}
