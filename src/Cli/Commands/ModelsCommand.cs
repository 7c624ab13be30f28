using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.IO;
using Cellpose3D.IO.Weights;
using Cellpose3D.Tracking.TemporalFlow.Learned;
using Spectre.Console;

namespace Cellpose3D.Cli.Commands;

/// <summary><c>models</c>: what there is, where it lies, and how to get more.</summary>
internal static class ModelsCommand
{
    public static Command Create() => new Command("models", "List, describe, add and download models.")
    {
        List(), Info(), FilePath(), Add(), Export(), Get(),
    }.WithExample("cellpose3d models list");

    private static Command List() =>
        new Command("list", "List the models on this machine, and the official ones that can be downloaded.")
            .WithAction("cellpose3d models list", (_, reporter, _) =>
            {
                IReadOnlyList<ModelEntry> here = ModelLoading.Registry().List();
                OfficialModel[] more = [.. OfficialModel.All.Where(o => here.All(e => e.Name != o.Name))];
                Table table = new Table().Border(TableBorder.Minimal).AddColumns("name", "from", "files");
                foreach (ModelEntry entry in here)
                    table.AddRow(Markup.Escape(entry.Name), Origin(entry.Origin), Markup.Escape(string.Join(", ", entry.WeightPaths)));
                foreach (OfficialModel official in more)
                    table.AddRow(Markup.Escape(official.Name), "not here", Markup.Escape($"cellpose3d models get {official.Name} ({official.TrainedOn})"));
                reporter.Result(table);
                reporter.ResultJson(new JsonObject
                {
                    ["models"] = new JsonArray([.. here.Select(Json)]),
                    ["can_be_downloaded"] = new JsonArray([.. more.Select(m => (JsonNode)m.Name)]),
                });
                return ExitCode.Ok;
            });

    private static Command Info()
    {
        var name = new Argument<string>("model") { Description = "Name or path." };
        return new Command("info", "Show a model's sizes, diameters and hash.") { name }
            .WithAction("cellpose3d models info nuclei", (parse, reporter, _) => AsModel(() =>
            {
                ModelEntry entry = ModelLoading.Registry().Resolve(parse.GetValue(name)!);
                JsonObject json = Json(entry);
                reporter.Result($"name             {entry.Name}");
                reporter.Result($"from             {Origin(entry.Origin)}");
                if (TemporalModelFile.IsOne(entry.WeightPaths[0]))
                {
                    reporter.Result($"file             {entry.WeightPaths[0]}");
                    reporter.Result($"  sha-256        {CellposeModelFile.HashFile(entry.WeightPaths[0])}");
                    reporter.Result($"kind             {TemporalModel.Kind}: 'track --flow learned' links cells with it; it does not segment");
                    json["kind"] = TemporalModel.Kind;
                    reporter.ResultJson(json);
                    return ExitCode.Ok;
                }
                foreach (CellposeModelFile file in entry.Load(ensemble: true))
                {
                    reporter.Result($"file             {file.Path}");
                    reporter.Result($"  sha-256        {file.Sha256}");
                    reporter.Result($"  widths         {string.Join(", ", file.Widths)} -> {file.OutputChannels} maps, style of {file.StyleSize}");
                    reporter.Result(string.Create(CultureInfo.InvariantCulture, $"  parameters     {file.Weights.Tensors.Sum(t => t.Bytes.Length / Core2D.Network.WeightTensor.SizeOf(t.Type))}"));
                    reporter.Result(string.Create(CultureInfo.InvariantCulture, $"  diameters      images are resized so that cells have {file.DiamMean:f2} px; {file.DiamLabels:f2} px when none is given"));
                    json["diam_mean"] = file.DiamMean;
                    json["diam_labels"] = file.DiamLabels;
                    json["sha256"] = file.Sha256;
                    json["widths"] = new JsonArray([.. file.Widths.Select(w => (JsonNode)w)]);
                }
                reporter.Result($"size model       {entry.SizePath ?? "none: --diameter auto is not possible"}");
                if (entry.OfficialName is not null)
                    reporter.Result($"licence          {OfficialModel.LicenceNote}");
                reporter.ResultJson(json);
                return ExitCode.Ok;
            }));
    }

    private static Command FilePath()
    {
        var name = new Argument<string>("model") { Description = "Name or path." };
        return new Command("path", "Print where a model's files lie, one a line.") { name }
            .WithAction("cellpose3d models path nuclei", (parse, reporter, _) => AsModel(() =>
            {
                ModelEntry entry = ModelLoading.Registry().Resolve(parse.GetValue(name)!);
                foreach (string path in entry.WeightPaths)
                    reporter.Result(path);
                reporter.ResultJson(Json(entry));
                return ExitCode.Ok;
            }));
    }

    private static Command Add()
    {
        var path = new Argument<string>("file") { Description = "Weight file of a Cellpose v1 to v3 network." };
        var name = new Option<string?>("--name") { Description = "Its name from now on; default: the file's." };
        return new Command("add", "Copy a network into the user's folder of models, to be used by name.") { path, name }
            .WithAction("cellpose3d models add my_training/model_500 --name my_cells", (parse, reporter, _) => AsModel(() =>
            {
                ModelEntry entry = ModelLoading.Registry().Add(parse.GetValue(path)!, parse.GetValue(name));
                reporter.Result($"added '{entry.Name}': {string.Join(", ", entry.WeightPaths)}");
                reporter.ResultJson(Json(entry));
                return ExitCode.Ok;
            }));
    }

    private static Command Export()
    {
        var name = new Argument<string>("model") { Description = "Name or path." };
        var output = new Option<string>("--output", "-o") { Description = "The file to write (.safetensors); its size model goes beside it.", Required = true };
        var full = new Option<bool>("--float32") { Description = "Keep kernels as float32; default: float16, half the size." };
        return new Command("export", "Write a model as one small safetensors file, to share it.") { name, output, full }
            .WithAction("cellpose3d models export my_cells -o my_cells.safetensors", (parse, reporter, _) => AsModel(() =>
            {
                string path = parse.GetValue(output)!, size = Path.ChangeExtension(path, ".size.safetensors");
                OutputPaths.RequireFile("--output", path);
                ModelEntry entry = ModelLoading.Registry().Resolve(parse.GetValue(name)!);
                CellposeModelFile file = entry.Load()[0];
                AtomicFile.Write(path, stream => CellposeModelFile.Save(stream, file.Weights, half: !parse.GetValue(full)));
                if (entry.SizePath is { } sizePath)
                    AtomicFile.Write(size, stream => SizeModelFile.Write(stream, SizeModelFile.Read(sizePath)));
                reporter.Result(path);
                reporter.ResultJson(new JsonObject { ["model"] = path, ["size_model"] = entry.SizePath is null ? null : size });
                return ExitCode.Ok;
            }));
    }

    private static Command Get()
    {
        var name = new Argument<string>("model") { Description = "Official name, see 'cellpose3d models list'." };
        var ensemble = new Option<bool>("--ensemble") { Description = "Fetch all networks of a model that has several." };
        return new Command("get", "Download an official model of Cellpose v1 to v3 by HTTPS.") { name, ensemble }
            .WithAction("cellpose3d models get cyto3", (parse, reporter, cancellation) => AsModel(() =>
            {
                using var downloader = new ModelDownloader();
                ModelEntry? entry = null;
                reporter.Info(OfficialModel.LicenceNote);
                reporter.WithProgress($"download {parse.GetValue(name)}", 1, display =>
                {
                    var progress = new DownloadDisplay(display);
                    entry = ModelLoading.Registry().GetAsync(parse.GetValue(name)!, downloader, parse.GetValue(ensemble), progress, cancellation).GetAwaiter().GetResult();
                    display.Done(0, "done");
                });
                reporter.Result(string.Join(Environment.NewLine, entry!.WeightPaths));
                reporter.ResultJson(Json(entry));
                return ExitCode.Ok;
            }));
    }

    // whatever is wrong with a model file has the exit code of a model
    private static ExitCode AsModel(Func<ExitCode> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Model, Failures.LineOf(e), e);
        }
    }

    private static string Origin(ModelOrigin origin) => origin switch
    {
        ModelOrigin.Program => "this program",
        ModelOrigin.User => "your folder",
        ModelOrigin.Cellpose => "Python Cellpose",
        _ => "file",
    };

    private static JsonObject Json(ModelEntry entry) => new()
    {
        ["name"] = entry.Name,
        ["from"] = Origin(entry.Origin),
        ["files"] = new JsonArray([.. entry.WeightPaths.Select(p => (JsonNode)p)]),
        ["size_model"] = entry.SizePath,
    };

    private sealed class DownloadDisplay(IProgressDisplay display) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value)
        {
            if (value.BytesTotal is { } total and > 0)
                display.Report((float)((double)value.BytesDone / total));
        }
    }
}
