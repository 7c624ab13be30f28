using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Cli.Training;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Core2D.Synthesis;
using Cellpose3D.Core2D.Training;
using Cellpose3D.IO;
using Cellpose3D.IO.Weights;

namespace Cellpose3D.Cli.Commands;

/// <summary><c>train</c>: images with labels in, a model out.</summary>
internal static class TrainCommand
{
    private static readonly Argument<string[]> Folders = new("folders") { Description = "Folders of images with labels (x_img and x_masks, x and x_masks, or x and x_seg.npy).", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> Output = new("--output", "-o") { Description = "The model's file (.safetensors); checkpoint and curves are written beside it.", Required = true };
    private static readonly Option<string?> Init = new("--init") { Description = "Start from this model: fine-tuning." };
    private static readonly Option<bool> Resume = new("--resume") { Description = "Go on from the checkpoint beside the model, with the same options." };
    private static readonly Option<string[]> Validate = new("--validate") { Description = "Folders of images to score on, which are not trained on.", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = true };
    private static readonly Option<int> ValidateEvery = new("--validate-every") { Description = "Epochs between scores.", DefaultValueFactory = _ => 10 };
    private static readonly Option<int> Epochs = new("--epochs") { Description = "Epochs.", DefaultValueFactory = _ => 500 };
    private static readonly Option<string> OptimizerName = new("--optimizer") { Description = "sgd (the paper's) or adamw.", DefaultValueFactory = _ => "sgd" };
    private static readonly Option<double?> LearningRate = new("--learning-rate") { Description = "Highest learning rate; default: 0.2 for sgd, 0.005 for adamw." };
    private static readonly Option<string> ScheduleName = new("--schedule") { Description = "stepped (the paper's) or cosine (short runs).", DefaultValueFactory = _ => "stepped" };
    private static readonly Option<double> WeightDecay = new("--weight-decay") { Description = "Weight decay.", DefaultValueFactory = _ => 1e-5 };
    private static readonly Option<int> BatchSize = new("--batch-size") { Description = "Crops per step.", DefaultValueFactory = _ => 8 };
    private static readonly Option<int?> ImagesPerEpoch = new("--images-per-epoch") { Description = "Images drawn in an epoch; default: as many as there are." };
    private static readonly Option<int> Crop = new("--crop") { Description = "Side of a crop in pixels.", DefaultValueFactory = _ => 224 };
    private static readonly Option<int> Base = new("--base") { Description = "Width of the shallowest level: 8, 16, 32, ...; --init decides it.", DefaultValueFactory = _ => 32 };
    private static readonly Option<double?> DiamMean = new("--diam-mean") { Description = "Diameter in pixels that cells are resized to; default: 30, or the initial model's." };
    private static readonly Option<int> MinMasks = new("--min-train-masks") { Description = "Leave out images with fewer cells.", DefaultValueFactory = _ => 5 };
    private static readonly Option<bool> Balance = new("--balance") { Description = "Draw from every folder equally often, however few its images." };
    private static readonly Option<string[]> Share = new("--share") { Description = "FOLDER=N: draw from this folder N times as often as from others; implies --balance.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string[]> Channels = new("--channels") { Description = "FOLDER=CHAN,CHAN2: channels of this folder's images instead of --chan and --chan2.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<double> Invert = new("--invert") { Description = "Share of crops whose intensities are inverted, 0 to 1." };
    private static readonly Option<string?> Synthetic = new("--synthetic") { Description = $"Also train on images made on the way: all, or a comma-separated list of {string.Join(", ", Cells2D.Kinds)}. They form a folder named 'synthetic' for --share.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<bool> SizeOnly = new("--size-only") { Description = "Leave the network of --output as it is and only fit its size model." };
    private static readonly Option<bool> NoSizeModel = new("--no-size-model") { Description = "Do not fit a size model, which --diameter auto needs, after the training." };
    private static readonly Option<bool> MixedPrecision = new("--mixed-precision") { Description = "Compute in bfloat16: faster on CUDA, and on CPUs with bfloat16 instructions." };
    private static readonly Option<bool> Intensity = new("--vary-intensity") { Description = "Vary gamma, contrast, blur and noise besides position and size." };
    private static readonly Option<int> Chan = new("--chan") { Description = "Channel of the cells: 0 = mean of all channels, 1 = first, ..." };
    private static readonly Option<int> Chan2 = new("--chan2") { Description = "Channel of the nuclei: 0 = none, 1 = first, ..." };
    private static readonly Option<ulong> Seed = new("--seed") { Description = "Seed of weights and crops." };
    private static readonly Option<string> Device = new("--device") { Description = "auto, cpu, cuda or cuda:N.", DefaultValueFactory = _ => "auto" };

    public static Command Create()
    {
        OptimizerName.AcceptOnlyFromAmong("sgd", "adamw");
        ScheduleName.AcceptOnlyFromAmong("stepped", "cosine");
        return new Command("train", "Train or fine-tune a model on images with labels.")
        {
            Folders, Output, Init, Resume, Validate, ValidateEvery, Epochs, OptimizerName, LearningRate, ScheduleName, WeightDecay, BatchSize, ImagesPerEpoch,
            Crop, Base, DiamMean, MinMasks, Balance, Share, Channels, Intensity, Invert, Chan, Chan2, Synthetic, SizeOnly, NoSizeModel, MixedPrecision, Seed, Device,
            TrainTemporalCommand.Create(),
        }.WithAction("cellpose3d train my_images/ -o my_cells.safetensors --init nuclei --epochs 50 --optimizer adamw", Run);
    }

    private static ExitCode Run(ParseResult parse, Reporter reporter, CancellationToken cancellationToken)
    {
        string output = parse.GetValue(Output)!, stem = Path.ChangeExtension(output, null), checkpoint = stem + ".checkpoint.safetensors";
        OutputPaths.RequireFile("--output", output);
        TrainingOptions options = Options(parse);
        options.Validate();
        StateDict? init = parse.GetValue(Init) is { } name ? LoadInit(name) : null;
        StateDict? resume = null;
        if (parse.GetValue(Resume))
            resume = File.Exists(checkpoint) ? CheckpointFile.Read(checkpoint) : throw new CommandException(ExitCode.Usage, $"--resume needs the checkpoint '{checkpoint}', which does not exist.");

        string[] scored = parse.GetValue(Validate) ?? [];
        GeneratedImages? synthetic = parse.GetResult(Synthetic) is null ? null : SyntheticSet.Parse(parse.GetValue(Synthetic));
        TrainingFolders folders = TrainingFolders.Parse(
            parse.GetValue(Folders)!, scored, parse.GetValue(Share) ?? [], parse.GetValue(Channels) ?? [], (parse.GetValue(Chan), parse.GetValue(Chan2)), synthetic?.Set);
        var setOptions = new TrainingSetOptions { MinMasks = parse.GetValue(MinMasks), SetShares = parse.GetValue(Balance) || folders.Shares.Count > 0 ? folders.Shares : null };
        TrainingSet training = TrainingSet.Prepare(
            folders.Read(parse.GetValue(Folders)!, cancellationToken), synthetic is null ? null : [synthetic], setOptions, null, cancellationToken);
        foreach (string left in training.LeftOut)
            reporter.Warn($"{left} has fewer than {setOptions.MinMasks} cells and is left out.");
        LabelledImage[] held = [.. folders.Read(scored, cancellationToken)];

        var json = new JsonObject { ["model"] = output };
        if (!parse.GetValue(SizeOnly))
            Train(parse, reporter, options, training, held, init, resume, json, cancellationToken);
        if (!parse.GetValue(NoSizeModel))
        {
            CellposeModelFile file = LoadTrained(output);
            using var model = new CellposeModel(
                [file.Weights], new ModelInfo(file.Name, file.Sha256, file.DiamMean, file.DiamLabels), ComputeDevice.Select(parse.GetValue(Device)!));
            json["size_model"] = SizeModelStage.Run(model, stem, training, held, reporter, cancellationToken);
        }
        reporter.ResultJson(json);
        return ExitCode.Ok;
    }

    private static void Train(
        ParseResult parse, Reporter reporter, TrainingOptions options, TrainingSet training, LabelledImage[] held, StateDict? init, StateDict? resume,
        JsonObject json, CancellationToken cancellationToken)
    {
        string output = parse.GetValue(Output)!, stem = Path.ChangeExtension(output, null), checkpoint = stem + ".checkpoint.safetensors";
        var run = new TrainingRun
        {
            Init = init,
            Resume = resume,
            Validation = held.Length > 0 ? TrainingSet.Prepare(held, null, new TrainingSetOptions { MinMasks = 0 }, null, cancellationToken) : null,
            Score = held.Length > 0 ? new ValidationScorer(held, options.Device).Score : null,
            SaveLast = state => CheckpointFile.Write(checkpoint, state),
            SaveBest = state => CheckpointFile.Write(output, state),
        };
        reporter.Info($"training on {training.Count} images, mean diameter {training.MeanDiameter.ToString("f1", CultureInfo.InvariantCulture)} px; checkpoint: {checkpoint}");

        TrainingResult? result = null;
        reporter.WithProgress("train", 1, display =>
        {
            result = Trainer.Train(training, options, run, new Display(display, reporter), cancellationToken);
            display.Done(0, string.Create(CultureInfo.InvariantCulture, $"{result.History.Count} epochs"));
        });
        if (held.Length == 0)
            CheckpointFile.Write(output, result!.Weights);
        AtomicFile.Write(stem + ".curve.csv", stream => WriteCurve(stream, result!.History));
        AtomicFile.Write(stem + ".curve.png", stream => stream.Write(TrainingPlot.Png(result!.History)));
        bool best = double.IsFinite(result!.BestScore) && held.Length > 0;
        reporter.Result(string.Create(CultureInfo.InvariantCulture, $"model: {output}{(best ? $"; best AP {result.BestScore:f3} in epoch {result.BestEpoch + 1}" : "")}"));
        json["epochs"] = result.History.Count;
        json["loss"] = result.History.Count > 0 ? result.History[^1].Loss : null;
        json["best_ap"] = best ? result.BestScore : null;
        json["best_epoch"] = best ? result.BestEpoch : null;
    }

    private static CellposeModelFile LoadTrained(string path)
    {
        try
        {
            return CellposeModelFile.Load(path);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Model, Failures.LineOf(e), e);
        }
    }

    private static TrainingOptions Options(ParseResult parse)
    {
        OptimizerKind optimizer = parse.GetValue(OptimizerName) == "adamw" ? OptimizerKind.AdamW : OptimizerKind.Sgd;
        return new TrainingOptions
        {
            Epochs = parse.GetValue(Epochs),
            Optimizer = optimizer,
            LearningRate = parse.GetValue(LearningRate) ?? (optimizer == OptimizerKind.AdamW ? 0.005 : 0.2),
            WeightDecay = parse.GetValue(WeightDecay),
            BatchSize = parse.GetValue(BatchSize),
            ImagesPerEpoch = parse.GetValue(ImagesPerEpoch),
            Schedule = parse.GetValue(ScheduleName) == "cosine" ? ScheduleKind.Cosine : ScheduleKind.Stepped,
            Augmentation = new AugmentationOptions
            {
                Crop = parse.GetValue(Crop),
                Intensity = (parse.GetValue(Intensity) ? IntensityOptions.Moderate : new IntensityOptions()) with { InvertShare = parse.GetValue(Invert) },
            },
            BaseWidth = parse.GetValue(Base),
            DiamMean = parse.GetValue(DiamMean),
            ValidateEvery = parse.GetValue(ValidateEvery),
            Seed = parse.GetValue(Seed),
            Device = parse.GetValue(Device)!,
            MixedPrecision = parse.GetValue(MixedPrecision),
        };
    }

    private static StateDict LoadInit(string name)
    {
        try
        {
            return ModelLoading.Registry().Resolve(name).Load()[0].Weights;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Model, Failures.LineOf(e), e);
        }
    }

    private static void WriteCurve(Stream stream, IReadOnlyList<EpochRecord> history)
    {
        using var text = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        text.WriteLine(EpochRecord.CsvHeader);
        foreach (EpochRecord record in history)
            text.WriteLine(record.ToCsv());
    }

    private sealed class Display(IProgressDisplay bar, Reporter reporter) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            bar.Report((float)value.Fraction);
            if (value.Completed is not { } epoch)
                return;
            string score = epoch.Score is { } ap ? string.Create(CultureInfo.InvariantCulture, $", AP {ap:f3}") : "";
            reporter.Info(string.Create(
                CultureInfo.InvariantCulture, $"epoch {epoch.Epoch + 1}/{value.Epochs}: loss {epoch.Loss:f4}{score}, learning rate {epoch.LearningRate:g3}, {value.Remaining:hh\\:mm\\:ss} left"));
        }
    }
}
