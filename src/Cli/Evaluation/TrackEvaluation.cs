using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.IO;
using Cellpose3D.IO.Ctc;
using Cellpose3D.Tracking.Metrics;
using CsvHelper;
using Spectre.Console;

namespace Cellpose3D.Cli.Evaluation;

/// <summary>Scores tracked movies by the measures of the Cell Tracking Challenge.</summary>
internal sealed class TrackEvaluation
{
    /// <summary>The word of <c>--metrics</c> for it.</summary>
    public const string MetricsName = "ctc";

    /// <summary>What <c>--semantics</c> takes.</summary>
    public static readonly string[] Semantics = ["ctc", "traccuracy", "py-ctcmetrics"];

    private readonly List<(NamedPath Prediction, CtcScores Scores)> _scored = [];
    private readonly List<(NamedPath Prediction, Exception Error)> _failed = [];
    private readonly string _truth, _semantics;
    private readonly CtcScoreOptions _options;

    /// <summary>Prepares.</summary>
    /// <param name="truth">A folder, or a stack.</param>
    /// <param name="semantics">Of <see cref="Semantics"/>: whom to follow where public implementations disagree.</param>
    /// <param name="tolerance">Frames a division may come early or late in BC, BIO and OP_CLB.</param>
    /// <exception cref="CommandException">The tolerance is out of range.</exception>
    public TrackEvaluation(string truth, string semantics, int tolerance)
    {
        if (tolerance is < 0 or > 10)
            throw new CommandException(ExitCode.Usage, $"--division-tolerance must be 0 to 10 frames; got {tolerance}.");
        (_truth, _semantics) = (truth, semantics);
        _options = new CtcScoreOptions
        {
            DivisionTolerance = tolerance,
            OnlyDivisionsJoinTracks = semantics == "traccuracy",
            LabelOrderInTrackFractions = semantics == "py-ctcmetrics",
            BranchingIsZeroWithoutDivisions = semantics == "py-ctcmetrics",
        };
    }

    /// <summary>Scores every prediction; one that fails does not stop the others.</summary>
    /// <param name="predictions">Folders or stacks.</param>
    /// <param name="axes">Letters that replace the axes of stacks; null keeps them.</param>
    /// <param name="reporter">Told what came of it.</param>
    /// <param name="csv">A file for a row for each prediction; null for none.</param>
    /// <param name="cancellationToken">Checked before every frame.</param>
    public ExitCode Run(IReadOnlyList<NamedPath> predictions, string? axes, Reporter reporter, string? csv, CancellationToken cancellationToken)
    {
        new EvaluationOptions { Truth = _truth, Predictions = predictions }.Validate();
        reporter.WithProgress("evaluate", predictions.Count, display =>
        {
            for (int p = 0; p < predictions.Count; p++)
            {
                display.Begin(p, predictions[p].Name);
                try
                {
                    using ScoredMovie truth = ScoredMovie.Open(_truth, axes), result = ScoredMovie.Open(predictions[p].Path, axes);
                    foreach (ScoredMovie movie in ((ScoredMovie[])[truth, result]).Where(m => m.Table is null))
                        reporter.Warn($"'{movie.Path}' has no table of parents beside it ({Path.GetFileNameWithoutExtension(movie.Path)}.txt), so it counts as without divisions.");
                    CtcScores scores = CtcScoring.Score(truth, result, _options, new Fractions(display), cancellationToken);
                    _scored.Add((predictions[p], scores));
                    display.Done(p, string.Create(CultureInfo.InvariantCulture, $"{predictions[p].Name}: {truth.FrameCount} frames scored"));
                }
                catch (Exception e) when (Failures.CodeOf(e) == ExitCode.BadInput)
                {
                    _failed.Add((predictions[p], e));
                    display.Done(p, $"{predictions[p].Name}: failed");
                }
            }
        });
        if (_scored.Count > 0)
        {
            if (csv is not null)
                AtomicFile.Write(csv, WriteCsv);
            reporter.Result(WriteTable);
        }
        reporter.ResultJson(ToJson());
        foreach ((NamedPath prediction, Exception error) in _failed)
            Reporter.Error(predictions.Count == 1 ? Failures.LineOf(error) : $"{prediction.Name}: {Failures.LineOf(error)}");
        return _failed.Count == 0 ? ExitCode.Ok : predictions.Count == 1 ? ExitCode.BadInput : ExitCode.SomeFailed;
    }

    // the names that are columns, keys and rows; what has no number in a movie is null
    private static IEnumerable<(string Name, double? Value)> Measures(CtcScores s)
    {
        yield return ("SEG", s.Seg);
        yield return ("DET", s.Det);
        yield return ("TRA", s.Tra);
        yield return ("LNK", s.Lnk);
        yield return ("CT", s.Ct);
        yield return ("TF", s.Tf);
        for (int i = 0; i < s.Bc.Count; i++)
            yield return (string.Create(CultureInfo.InvariantCulture, $"BC({i})"), s.Bc[i]);
        yield return ("CCA", s.Cca);
        yield return ("BIO", s.Bio);
        yield return ("OP_CSB", s.OpCsb);
        yield return ("OP_CTB", s.OpCtb);
        yield return ("OP_CLB", s.OpClb);
        yield return ("CHOTA", s.Chota);
        for (int i = 0; i < s.DivisionScores.Count; i++)
            yield return (string.Create(CultureInfo.InvariantCulture, $"division F1({i})"), s.DivisionScores[i].F1);
    }

    private static IEnumerable<(string Name, double Value)> Counts(CtcScores s)
    {
        AogmCounts a = s.Aogm;
        yield return ("reference cells", a.Nodes);
        yield return ("reference links", a.Edges);
        yield return ("reference tracks", s.ReferenceTracks);
        yield return ("result tracks", s.ResultTracks);
        yield return ("complete tracks", s.CompleteTracks);
        yield return ("NS", a.Splits);
        yield return ("FN", a.Missed);
        yield return ("FP", a.Spurious);
        yield return ("ED", a.EdgesToDelete);
        yield return ("EA", a.EdgesToAdd);
        yield return ("EC", a.EdgesToAlter);
        yield return ("AOGM", a.Aogm);
    }

    private void WriteTable(IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumn(new TableColumn("").NoWrap());
        foreach ((NamedPath prediction, _) in _scored)
            table.AddColumn(new TableColumn(Markup.Escape(prediction.Name)).RightAligned());
        string[] names = [.. Measures(_scored[0].Scores).Select(m => m.Name)];
        for (int n = 0; n < names.Length; n++)
            table.AddRow([names[n], .. _scored.Select(s => Measures(s.Scores).ElementAt(n).Value is { } v ? v.ToString("0.0000", CultureInfo.InvariantCulture) : "-")]);
        table.AddEmptyRow();
        foreach (((string name, _), int n) in Counts(_scored[0].Scores).Select((c, n) => (c, n)))
            table.AddRow([name, .. _scored.Select(s => Counts(s.Scores).ElementAt(n).Value.ToString("0.#", CultureInfo.InvariantCulture))]);
        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"BIO and OP_CLB with BC({_options.DivisionTolerance}); - : nothing of that kind in the movie; semantics: {_semantics}."));
    }

    private void WriteCsv(Stream stream)
    {
        using var text = new StreamWriter(stream, leaveOpen: true);
        using var csv = CsvWriter.Create(text, CsvWriterOptions.Default with { FormatProvider = CultureInfo.InvariantCulture, NewLine = "\n" }, leaveOpen: true);
        csv.WriteHeader(["prediction", "path", .. Measures(_scored[0].Scores).Select(m => Key(m.Name)), .. Counts(_scored[0].Scores).Select(c => Key(c.Name))]);
        foreach ((NamedPath prediction, CtcScores scores) in _scored)
        {
            csv.WriteField(prediction.Name);
            csv.WriteField(prediction.Path);
            foreach ((_, double? value) in Measures(scores).Concat(Counts(scores).Select(c => (c.Name, (double?)c.Value))))
                csv.WriteField(value is { } v ? v.ToString("R", CultureInfo.InvariantCulture) : "");
            csv.EndRecord();
        }
    }

    private JsonObject ToJson() => new()
    {
        ["truth"] = _truth,
        ["metrics"] = MetricsName,
        ["semantics"] = _semantics,
        ["division_tolerance"] = _options.DivisionTolerance,
        ["predictions"] = new JsonArray([.. _scored.Select(s =>
        {
            var json = new JsonObject { ["name"] = s.Prediction.Name, ["path"] = s.Prediction.Path };
            foreach ((string name, double? value) in Measures(s.Scores))
                json[Key(name)] = value;
            foreach ((string name, double value) in Counts(s.Scores))
                json[Key(name)] = value;
            return json;
        })]),
        ["failures"] = new JsonArray([.. _failed.Select(f => new JsonObject { ["prediction"] = f.Prediction.Name, ["message"] = Failures.LineOf(f.Error) })]),
    };

    // BC(1) -> bc_1, division F1(1) -> division_f1_1
    private static string Key(string name) => name.ToLowerInvariant().Replace(' ', '_').Replace('(', '_').Replace(")", "", StringComparison.Ordinal);

    private sealed class Fractions(IProgressDisplay display) : IProgress<double>
    {
        public void Report(double value) => display.Report((float)value);
    }
}
