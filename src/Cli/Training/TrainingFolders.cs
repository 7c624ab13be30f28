using System.Globalization;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D.Training;

namespace Cellpose3D.Cli.Training;

/// <summary>What the command line says about each folder of a training: which channels to read, how often to draw from it.</summary>
internal sealed class TrainingFolders
{
    private readonly (int Chan, int Chan2) _channels;
    private readonly Dictionary<string, (int Chan, int Chan2)> _channelsOf;

    private TrainingFolders((int Chan, int Chan2) channels, Dictionary<string, (int Chan, int Chan2)> channelsOf, Dictionary<string, double> shares) =>
        (_channels, _channelsOf, Shares) = (channels, channelsOf, shares);

    /// <summary>How often folders are drawn from compared with others; those not named have 1.</summary>
    public IReadOnlyDictionary<string, double> Shares { get; }

    /// <summary>Reads the settings of single folders.</summary>
    /// <param name="training">Folders to train on, as written.</param>
    /// <param name="validation">Folders to score on, as written.</param>
    /// <param name="shares">FOLDER=N for training folders.</param>
    /// <param name="channels">FOLDER=CHAN,CHAN2 for folders of either kind.</param>
    /// <param name="others">Channels of the folders not named.</param>
    /// <param name="generated">Name of a set of generated images, which has a share too; null is none.</param>
    /// <exception cref="CommandException">A setting cannot be read, or names none of the folders.</exception>
    public static TrainingFolders Parse(
        IReadOnlyList<string> training, IReadOnlyList<string> validation, IReadOnlyList<string> shares, IReadOnlyList<string> channels, (int Chan, int Chan2) others,
        string? generated = null)
    {
        var shareOf = new Dictionary<string, double>();
        foreach (string setting in shares)
        {
            (string folder, string value) = Split("--share", setting, generated is null ? training : [.. training, generated]);
            shareOf[folder] = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double share) && share >= 0 && double.IsFinite(share)
                ? share
                : throw new CommandException(ExitCode.Usage, $"--share '{setting}' must end in a number of 0 or more, for example {folder}=2.");
        }
        var channelsOf = new Dictionary<string, (int Chan, int Chan2)>();
        foreach (string setting in channels)
        {
            (string folder, string value) = Split("--channels", setting, [.. training, .. validation]);
            channelsOf[folder] = value.Split(',') is [var first, var second] && int.TryParse(first, CultureInfo.InvariantCulture, out int chan) && int.TryParse(second, CultureInfo.InvariantCulture, out int chan2)
                ? (chan, chan2)
                : throw new CommandException(ExitCode.Usage, $"--channels '{setting}' must end in two channel numbers, for example {folder}=2,1.");
        }
        return new TrainingFolders(others, channelsOf, shareOf);
    }

    /// <summary>Reads the images of folders one by one.</summary>
    /// <param name="folders">As written on the command line.</param>
    /// <param name="cancellationToken">Checked before every image.</param>
    public IEnumerable<LabelledImage> Read(IEnumerable<string> folders, CancellationToken cancellationToken) =>
        folders.SelectMany(folder =>
        {
            (int chan, int chan2) = _channelsOf.GetValueOrDefault(folder, _channels);
            return TrainingFolder.Read(folder, chan, chan2, cancellationToken);
        });

    // a folder may be named as it was written, or by its last part where that is unique
    private static (string Folder, string Value) Split(string option, string setting, IReadOnlyList<string> folders)
    {
        int equals = setting.LastIndexOf('=');
        string name = equals < 0 ? setting : setting[..equals];
        string[] found = [.. folders.Where(f => f == name)];
        if (found.Length == 0)
            found = [.. folders.Where(f => Path.GetFileName(Path.TrimEndingDirectorySeparator(f)) == Path.TrimEndingDirectorySeparator(name)).Distinct()];
        return equals > 0 && found.Length > 0 && found.Distinct().Count() == 1
            ? (found[0], setting[(equals + 1)..])
            : throw new CommandException(ExitCode.Usage, $"{option} '{setting}' must name one of the folders, then '='; the folders are: {string.Join(", ", folders)}.");
    }
}
