using System.CommandLine;
using Cellpose3D.Cli.Cluster;
using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Commands;

/// <summary><c>cancel</c>: ends a run of several processes; what is finished stays.</summary>
internal static class CancelCommand
{
    private static readonly Argument<string> Run = new("run") { Description = "The folder of the run's results, or the one ending in '_work' there." };

    public static Command Create() =>
        new Command("cancel", "End a run of --engine; finished blocks, images and frames are kept, and the same command with --resume goes on from there.") { Run }
            .WithAction("cellpose3d cancel results", (parse, reporter, _) =>
            {
                RunFolder folder = RunFolder.Find(parse.GetValue(Run)!);
                RunManifest manifest = folder.ReadManifest();
                if (!folder.IsDone)
                {
                    ISharedEngine engine = manifest.Engine.Engine == EngineSettings.Slurm ? new SlurmEngine(manifest.Engine, reporter) : new LocalEngine(manifest.Engine, reporter);
                    engine.Cancel(folder, manifest);
                }
                RunStatus status = RunStatus.Read(folder, isActive: false);
                reporter.Result(folder.IsDone ? $"'{manifest.Image}' is complete; there is nothing to cancel."
                    : FormattableString.Invariant($"'{manifest.Image}' is cancelled at {100 * status.Fraction:f0} %; finished parts are kept in '{folder.Path}'."));
                reporter.ResultJson(status.ToJson());
                return ExitCode.Ok;
            });
}
