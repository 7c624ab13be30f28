using System.Globalization;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;

namespace Cellpose3D.Cli.Measuring;

/// <summary>Reads the value of <c>--voxel-size</c>.</summary>
internal static class VoxelSizeText
{
    /// <summary>Reads one length (for all axes), two (y, x) or three (z, y, x), in micrometres.</summary>
    /// <exception cref="CommandException">Not one to three lengths above 0.</exception>
    public static VoxelSize Parse(string text)
    {
        double[] lengths = [.. text.Split(',', StringSplitOptions.TrimEntries).Select(part =>
            double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double length) && double.IsFinite(length) ? length : 0)];
        return lengths switch
        {
            [> 0] => new VoxelSize(lengths[0], lengths[0], lengths[0]),
            [> 0, > 0] => new VoxelSize(null, lengths[0], lengths[1]),
            [> 0, > 0, > 0] => new VoxelSize(lengths[0], lengths[1], lengths[2]),
            _ => throw new CommandException(ExitCode.Usage, $"--voxel-size must be micrometres as z,y,x or y,x or one for all, as in 0.5,0.2,0.2; got '{text}'."),
        };
    }
}
