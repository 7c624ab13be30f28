using System.CommandLine;
using System.Globalization;
using Cellpose3D.Cli.Evaluation;
using Cellpose3D.Cli.Pictures;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.IO;

namespace Cellpose3D.Cli.Commands;

/// <summary><c>evaluate</c>: label images against ground truth.</summary>
internal static class EvaluateCommand
{
    private static readonly Option<string> Truth = new("--truth") { Description = "Label file, or folder of label files, that is right.", Required = true };
    private static readonly Option<string[]> Pred = new("--pred") { Description = "Label file or folder to score, of any program; NAME=PATH names it; may be given several times.", Required = true, Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> Metrics = new("--metrics") { Description = "Comma-separated: ap, aji, boundary, pq, or all; or ctc, alone: the measures of the Cell Tracking Challenge for tracked movies (01_GT, 01_RES, or stacks of track numbers).", DefaultValueFactory = _ => "ap,aji,boundary" };
    private static readonly Option<string> Thresholds = new("--thresholds") { Description = "IoU thresholds: 0.5,0.75 or start:step:stop.", DefaultValueFactory = _ => "0.5:0.05:0.95" };
    private static readonly Option<string?> Axes = new("--axes") { Description = "What the axes of all label files are, slowest first, for example ZYX or TYX; default: from their metadata. Each time point is scored as an image." };
    private static readonly Option<string?> Csv = new("--csv") { Description = "Write a row for each image to this file." };
    private static readonly Option<string?> Plot = new("--plot") { Description = "Write average precision against IoU as PNG to this file." };
    private static readonly Option<int> Tolerance = new("--division-tolerance") { Description = "ctc: frames a division may come early or late in BIO and OP_CLB.", DefaultValueFactory = _ => 1 };
    private static readonly Option<string> SemanticsName = new("--semantics") { Description = "ctc: whom to follow where public implementations disagree: ctc (the challenge's definitions), traccuracy or py-ctcmetrics.", DefaultValueFactory = _ => TrackEvaluation.Semantics[0] };
    private static readonly Option<string?> Compat = new("--compat") { Description = "'cellpose3': count cells by the largest label, and boundaries in one byte, as Cellpose v3 did." };

    public static Command Create()
    {
        Compat.AcceptOnlyFromAmong("cellpose3");
        SemanticsName.AcceptOnlyFromAmong(TrackEvaluation.Semantics);
        return new Command("evaluate", "Score label images and tracked movies against ground truth.")
        {
            Truth, Pred, Metrics, Thresholds, Axes, Csv, Plot, Tolerance, SemanticsName, Compat,
        }.WithAction("cellpose3d evaluate --truth labels/ --pred ours=results/ --pred other=stardist/ --plot ap.png", Run);
    }

    private static ExitCode Run(ParseResult parse, Reporter reporter, CancellationToken cancellationToken)
    {
        if (parse.GetValue(Metrics)!.Split(',', StringSplitOptions.TrimEntries).Contains(TrackEvaluation.MetricsName))
            return RunTracks(parse, reporter, cancellationToken);
        RequireAbsent(parse, [Tolerance, SemanticsName], "--metrics ctc");
        var options = new EvaluationOptions
        {
            Truth = parse.GetValue(Truth)!,
            Predictions = [.. parse.GetValue(Pred)!.Select(NamedPath.Parse)],
            OpenLabels = path => PlaneFiles.OpenLabels(path, parse.GetValue(Axes), cancellationToken),
            Metrics = EvaluationOptions.ParseMetrics(parse.GetValue(Metrics)!),
            Thresholds = EvaluationOptions.ParseThresholds(parse.GetValue(Thresholds)!),
            Compat = parse.GetValue(Compat) is not null,
        };
        OutputPaths.RequireFile(Csv.Name, parse.GetValue(Csv));
        OutputPaths.RequireFile(Plot.Name, parse.GetValue(Plot));
        EvaluationReport? report = null;
        reporter.WithProgress("evaluate", 1, display =>
        {
            report = Evaluator.Run(options, display, cancellationToken);
            display.Done(0, string.Create(CultureInfo.InvariantCulture, $"{report.Predictions.Max(p => p.Images.Length)} images scored"));
        });

        if (report!.Predictions.Any(p => p.Images.Length > 0))
            WriteScores(parse, reporter, report);                        // without a score the errors say all there is to say
        reporter.ResultJson(EvaluationJson.Build(report));
        foreach (EvaluationFailure failure in report.Failures)
            Reporter.Error($"{failure.Image}: {failure.Message}");
        return !report.HasFailures ? ExitCode.Ok
            : report.Failures.Length == 1 && report.Predictions.All(p => p.Images.Length == 0) ? ExitCode.BadInput
            : ExitCode.SomeFailed;
    }

    private static ExitCode RunTracks(ParseResult parse, Reporter reporter, CancellationToken cancellationToken)
    {
        if (parse.GetValue(Metrics)!.Trim() != TrackEvaluation.MetricsName)
            throw new CommandException(ExitCode.Usage, $"{Metrics.Name} ctc scores whole movies and stands alone; got '{parse.GetValue(Metrics)}'.");
        RequireAbsent(parse, [Thresholds, Plot, Compat], "other metrics than ctc");
        OutputPaths.RequireFile(Csv.Name, parse.GetValue(Csv));
        return new TrackEvaluation(parse.GetValue(Truth)!, parse.GetValue(SemanticsName)!, parse.GetValue(Tolerance))
            .Run([.. parse.GetValue(Pred)!.Select(NamedPath.Parse)], parse.GetValue(Axes), reporter, parse.GetValue(Csv), cancellationToken);
    }

    private static void RequireAbsent(ParseResult parse, Option[] options, string owner)
    {
        foreach (Option option in options)
        {
            if (parse.GetResult(option) is { Implicit: false })
                throw new CommandException(ExitCode.Usage, $"{option.Name} belongs to {owner}; leave it out.");
        }
    }

    private static void WriteScores(ParseResult parse, Reporter reporter, EvaluationReport report)
    {
        if (parse.GetValue(Csv) is { } csv)
            WriteText(csv, writer => EvaluationCsv.Write(writer, report));
        if (parse.GetValue(Plot) is not null && !PictureFont.CanWriteText)
            reporter.Warn("this system has no fonts, so the plot has no text: apt-get install fonts-dejavu-core");
        if (parse.GetValue(Plot) is { } plot)
            AtomicFile.Write(plot, stream => stream.Write(EvaluationPlot.Png(report)));
        reporter.Result(console => EvaluationTable.Write(console, report));
    }

    private static void WriteText(string path, Action<TextWriter> write) =>
        AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            write(writer);
        });
}
