using System.CommandLine;
using System.Globalization;
using Cellpose3D.Cli.Cluster;
using Cellpose3D.Cli.Reporting;

namespace Cellpose3D.Cli.Commands;

/// <summary><c>segment-task</c>: a part of a run that several processes share; for engines, not for people.</summary>
internal static class SegmentTaskCommand
{
    private static readonly Argument<string> Run = new("run") { Description = "The run's folder." };
    private static readonly Argument<string?> Step = new("step") { Description = "Name of the step; without it, steps and tasks are read from standard input, one a line.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<int> Task = new("task") { Description = "Number of the task.", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create() =>
        new Command("segment-task", "Do a task of a run that several processes share.") { Run, Step, Task }.Hide()
            .WithAction("cellpose3d segment-task results/stack_cp_work fuse 3", (parse, reporter, cancellation) =>
            {
                using var runner = new TaskRunner(new RunFolder(parse.GetValue(Run)!), reporter);
                if (parse.GetValue(Step) is not { } step)
                    return Serve(runner, cancellation);
                TaskReport report = runner.Run(step, parse.GetValue(Task), cancellation);
                return report.State == TaskState.Done ? ExitCode.Ok : (ExitCode)report.Code;
            });

    private static Command Hide(this Command command)
    {
        command.Hidden = true;
        return command;
    }

    private static ExitCode Serve(TaskRunner runner, CancellationToken cancellationToken)
    {
        while (Console.In.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            TaskReport report = runner.Run(words[0], int.Parse(words[1], CultureInfo.InvariantCulture), cancellationToken);
            Console.Out.WriteLine(report.State == TaskState.Done ? "done" : "failed");
        }
        return ExitCode.Ok;
    }
}
