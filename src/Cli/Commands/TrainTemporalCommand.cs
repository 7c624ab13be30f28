using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Cli.Training;
using Cellpose3D.Core2D.Native;
using Cellpose3D.Core2D.Network;
using Cellpose3D.IO;
using Cellpose3D.IO.Weights;
using Cellpose3D.Tracking.TemporalFlow.Learned;
using Cellpose3D.Tracking.TemporalFlow.Learned.Training;
using TorchSharp;

namespace Cellpose3D.Cli.Commands;

/// <summary><c>train temporal</c>: movies with known tracks in, a temporal flow head for <c>track --flow learned</c> out.</summary>
internal static class TrainTemporalCommand
{
    private const ulong TrainingSeed = 1, HeldOutSeed = 2, CalibrationSeed = 3;
    private const int CalibrationSide = 192, CalibrationFrames = 14;
    private const ulong CalibrationVolumes = 4;                          // every fourth movie is one of volumes
    private const double Defects = 0.03;                                 // of each kind, in every third movie: masks are never all right

    private static readonly Argument<string[]> Folders = new("folders") { Description = "Movies in the layout of the Cell Tracking Challenge: 01 with 01_GT beside it. None: synthetic movies only.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string> Output = new("--output", "-o") { Description = "The head's file (.safetensors); checkpoint and curve are written beside it.", Required = true };
    private static readonly Option<string> Encoder = new("--encoder") { Description = "Segmentation model whose encoder sees the frames; it is copied into the head's file and not changed.", DefaultValueFactory = _ => "nuclei" };
    private static readonly Option<bool> Resume = new("--resume") { Description = "Go on from the checkpoint beside the head, with the same options." };
    private static readonly Option<int> Steps = new("--steps") { Description = "Steps, one clip of four frames each.", DefaultValueFactory = _ => new TemporalTrainingOptions().Steps };
    private static readonly Option<double> LearningRate = new("--learning-rate") { Description = "Highest learning rate of AdamW.", DefaultValueFactory = _ => new TemporalTrainingOptions().LearningRate };
    private static readonly Option<int> Crop = new("--crop") { Description = "Side of a clip in pixels once cells have the encoder's diameter.", DefaultValueFactory = _ => new TemporalTrainingOptions().Crop };
    private static readonly Option<int> StepsPerMovie = new("--steps-per-movie") { Description = "Steps between two new synthetic movies.", DefaultValueFactory = _ => new TemporalTrainingOptions().StepsPerMovie };
    private static readonly Option<double> RealShare = new("--real-share") { Description = "Share of movies that come from the folders, 0 to 1, the rest being synthetic.", DefaultValueFactory = _ => 0.5 };
    private static readonly Option<int> Calibrate = new("--calibrate") { Description = "Synthetic movies on which probabilities are fitted after the training; 0 leaves the training-free ones.", DefaultValueFactory = _ => 16 };
    private static readonly Option<bool> MixedPrecision = new("--mixed-precision") { Description = "Compute convolutions in bfloat16: faster on CUDA, and on CPUs with bfloat16 instructions." };
    private static readonly Option<ulong> Seed = new("--seed") { Description = "Seed of weights, movies and clips." };
    private static readonly Option<string> Device = new("--device") { Description = "auto, cpu, cuda or cuda:N.", DefaultValueFactory = _ => "auto" };

    public static Command Create() => new Command("temporal", "Train a temporal flow head, which links cells that move far, on synthetic movies made on the way and on movies of your own.")
    {
        Folders, Output, Encoder, Resume, Steps, LearningRate, Crop, StepsPerMovie, RealShare, Calibrate, MixedPrecision, Seed, Device,
    }.WithAction("cellpose3d train temporal my_movies/01 -o my_head.safetensors --steps 2000 --resume", Run);

    private static ExitCode Run(ParseResult parse, Reporter reporter, CancellationToken cancellationToken)
    {
        string output = parse.GetValue(Output)!, stem = Path.ChangeExtension(output, null), checkpoint = stem + ".checkpoint.safetensors";
        OutputPaths.RequireFile("--output", output);
        var options = new TemporalTrainingOptions
        {
            Steps = parse.GetValue(Steps),
            LearningRate = parse.GetValue(LearningRate),
            Crop = parse.GetValue(Crop),
            StepsPerMovie = parse.GetValue(StepsPerMovie),
            MixedPrecision = parse.GetValue(MixedPrecision),
            Seed = parse.GetValue(Seed),
        };
        options.Validate();
        double share = parse.GetValue(RealShare);
        if (share is not (>= 0 and <= 1))
            throw new CommandException(ExitCode.Usage, $"--real-share must be 0 to 1; got {share.ToString(CultureInfo.InvariantCulture)}.");
        if (parse.GetValue(Calibrate) < 0)
            throw new CommandException(ExitCode.Usage, $"--calibrate must be 0 or more; got {parse.GetValue(Calibrate)}.");
        StateDict? resume = null;
        if (parse.GetValue(Resume) && File.Exists(checkpoint))
            resume = CheckpointFile.Read(checkpoint);
        else if (parse.GetValue(Resume))
            reporter.Info($"no checkpoint '{checkpoint}' yet: the training begins.");

        torch.Device device = ComputeDevice.Select(parse.GetValue(Device)!);
        using TemporalModel model = resume is null ? Create(parse, device, options.Seed) : TemporalModel.FromStateDict(resume, device);
        IReadOnlyList<Func<TemporalMovie>> real = CtcMovies.Open(parse.GetValue(Folders) ?? []);
        var synthetic = new SyntheticMovies(Seeds(options.Seed, TrainingSeed), model.Diameter, defects: Defects);
        var heldOut = new SyntheticMovies(Seeds(options.Seed, HeldOutSeed), model.Diameter, defects: Defects);
        int period = 100, reals = real.Count == 0 ? 0 : (int)Math.Round(share * period);
        TemporalMovie Movie(ulong n) => (int)(n * 37 % (ulong)period) < reals ? real[(int)(n % (ulong)real.Count)]() : synthetic.Make(n);

        reporter.Info($"training for {options.Steps} steps on {(real.Count == 0 ? "synthetic movies" : $"synthetic movies and {real.Count} pieces of real ones")}; checkpoint: {checkpoint}");
        IReadOnlyList<TemporalRecord> history = [];
        reporter.WithProgress("train", 1, display =>
        {
            var run = new TemporalTrainingRun
            {
                Resume = resume,
                SaveLast = state => CheckpointFile.Write(checkpoint, state),
                Recorded = record => reporter.Info(string.Create(
                    CultureInfo.InvariantCulture,
                    $"step {record.Step}/{options.Steps}: loss {record.Loss:f3} (matching {record.Matching:f3}, flow {record.Flow:f3}, events {record.Events:f3}), right {record.Accuracy:p1}; held out: loss {record.ValidationLoss:f3}, right {record.ValidationAccuracy:p1}; {record.Seconds:f0} s")),
            };
            using var trainer = new TemporalTrainer(model, Movie, heldOut.Make, options, run);
            trainer.Train(display, cancellationToken);
            history = trainer.History;
            display.Done(0, $"{trainer.Step} steps");
        });
        AtomicFile.Write(stem + ".curve.csv", stream => WriteCurve(stream, history));

        int movies = parse.GetValue(Calibrate);
        var json = new JsonObject { ["model"] = output, ["steps"] = options.Steps, ["loss"] = history.Count > 0 ? history[^1].Loss : null };
        if (movies > 0)
        {
            var fresh = new SyntheticMovies(Seeds(options.Seed, CalibrationSeed), model.Diameter, CalibrationSide, CalibrationFrames, Defects, skipping: true);
            reporter.WithProgress("calibrate", 1, display =>
            {
                (int links, int divisions) = TemporalCalibration.Fit(model, movies, n => n % CalibrationVolumes == CalibrationVolumes - 1 ? fresh.MakeVolume(n) : fresh.Make(n), display, cancellationToken);
                display.Done(0, $"{links} links and {divisions} possible divisions of {movies} movies");
            });
        }
        TemporalModelFile.Write(output, model);
        reporter.Result($"temporal flow head: {output}");
        reporter.ResultJson(json);
        return ExitCode.Ok;
    }

    private static TemporalModel Create(ParseResult parse, torch.Device device, ulong seed)
    {
        try
        {
            CellposeModelFile file = ModelLoading.Registry().Resolve(parse.GetValue(Encoder)!).Load()[0];
            return TemporalModel.Create(file.Weights, file.DiamMean, device, seed);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Model, Failures.LineOf(e), e);
        }
    }

    private static ulong Seeds(ulong seed, ulong purpose) => seed * 16 + purpose;

    private static void WriteCurve(Stream stream, IReadOnlyList<TemporalRecord> history)
    {
        using var text = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        text.WriteLine(TemporalRecord.CsvHeader);
        foreach (TemporalRecord record in history)
            text.WriteLine(record.ToCsv());
    }
}
