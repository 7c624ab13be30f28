using System.CommandLine;
using Cellpose3D.Cli.Cluster;
using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Commands;

/// <summary><c>status</c>: how a run of several processes goes.</summary>
internal static class StatusCommand
{
    private static readonly Argument<string> Run = new("run") { Description = "The folder of the run's results, or the one ending in '_work' there." };

    public static Command Create() =>
        new Command("status", "Show how a run of --engine goes: steps, items (blocks, images, frames) done and left, failures with their cause, time left.") { Run }
            .WithAction("cellpose3d status results", (parse, reporter, _) =>
            {
                RunStatus status = RunStatus.Read(RunFolder.Find(parse.GetValue(Run)!));
                foreach ((string topic, string text) in status.Facts())
                    reporter.Result($"{topic,-16} {text}");
                reporter.ResultJson(status.ToJson());
                return ExitCode.Ok;
            });
}
