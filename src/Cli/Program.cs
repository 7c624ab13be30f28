using System.CommandLine;
using System.Globalization;
using Cellpose3D.Cli.Commands;
using Cellpose3D.Cli.Reporting;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var root = new RootCommand("cellpose3d: cell segmentation without Python: images in, one label per cell out.");
CommonOptions.AddTo(root);
root.Subcommands.Add(SegmentCommand.Create());
root.Subcommands.Add(TrackCommand.Create());
root.Subcommands.Add(EvaluateCommand.Create());
root.Subcommands.Add(MeasureCommand.Create());
root.Subcommands.Add(RenderCommand.Create());
root.Subcommands.Add(ViewCommand.Create());
root.Subcommands.Add(TrainCommand.Create());
root.Subcommands.Add(ModelsCommand.Create());
root.Subcommands.Add(SynthCommand.Create());
root.Subcommands.Add(ConvertCommand.Create());
root.Subcommands.Add(InspectCommand.Create());
root.Subcommands.Add(StatusCommand.Create());
root.Subcommands.Add(CancelCommand.Create());
root.Subcommands.Add(DoctorCommand.Create());
root.Subcommands.Add(BenchCommand.Create());
root.Subcommands.Add(SegmentTaskCommand.Create());

ParseResult parsed = root.Parse(args);
if (UsageErrors.Find(root, parsed, args) is { } wrong)
{
    Reporter.Error(wrong);
    return (int)ExitCode.Usage;
}
return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(20) }).ConfigureAwait(false);
