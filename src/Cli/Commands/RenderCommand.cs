using System.CommandLine;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Rendering;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Viewer.Contexts;
using Cellpose3D.Viewer.Volumes;

namespace Cellpose3D.Cli.Commands;

/// <summary><c>render</c>: pictures and movies of volumes and labels, without a window.</summary>
internal static class RenderCommand
{
    public static Command Create()
    {
        var command = new Command("render", "Draw pictures and movies of volumes and their labels in 3D or as slices, with OpenGL and without a window.");
        RenderArguments.AddTo(command);
        return command.WithAction("cellpose3d render stack.tif stack_cp_masks.tif -o cells.png --scale-bar", Run);
    }

    private static ExitCode Run(ParseResult parse, Reporter reporter, CancellationToken cancellationToken)
    {
        RenderSettings settings = RenderArguments.Parse(parse);
        RequireOutput(settings);
        using GlThread gl = GlThread.OpenHeadless(settings.Gl);
        using SceneFiles files = SceneFiles.Open(settings.Image, settings.Labels, settings.Files with { LongestSide = gl.Device.LargestVolume }, cancellationToken);
        if (!files.HasVoxelSize)
            reporter.Warn($"'{settings.Image ?? settings.Labels}' does not say how large its voxels are: cubes of 1 um are drawn; give --voxel-size z,y,x.");
        foreach (string line in files.Reductions)
            reporter.Warn(line + ".");
        var studio = new Studio(gl, files, settings, reporter, cancellationToken);
        JsonObject drawn = studio.Draw();
        drawn["gl"] = new JsonObject { ["origin"] = gl.Device.Origin, ["renderer"] = gl.Device.Renderer, ["version"] = gl.Device.Version };
        reporter.ResultJson(drawn);
        return ExitCode.Ok;
    }

    private static void RequireOutput(RenderSettings settings)
    {
        if (settings.IsMovie)
        {
            if (!settings.Output.EndsWith(".mp4", StringComparison.OrdinalIgnoreCase))
            {
                if (Path.HasExtension(settings.Output))
                    throw new CommandException(ExitCode.Usage, $"--output of a turntable or movie must be a folder or end in .mp4; got '{settings.Output}'.");
                OutputPaths.RequireFolder("--output", settings.Output);
                return;
            }
        }
        else if (!settings.Output.EndsWith(".png", StringComparison.OrdinalIgnoreCase))
        {
            throw new CommandException(ExitCode.Usage, $"--output must end in .png; got '{settings.Output}' (folders and .mp4 are for --turntable and --movie).");
        }
        OutputPaths.RequireFile("--output", settings.Output);
    }
}
