using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D.Network;
using Cellpose3D.IO.Weights;
using Cellpose3D.Tracking.TemporalFlow.Learned;
using TorchSharp;

namespace Cellpose3D.Cli.Segmentation;

/// <summary>Finds the model a user names and puts it on the device.</summary>
internal static class ModelLoading
{
    /// <summary>The models this program knows: its own, the user's, and those of a Python Cellpose on this machine.</summary>
    public static ModelRegistry Registry() => new(new ModelRegistryOptions { ProgramFolder = Path.Combine(AppContext.BaseDirectory, "data", "models") });

    /// <summary>Finds the files of a model; where there are none, the exit code is that of a model.</summary>
    /// <exception cref="CommandException">There is no such model.</exception>
    public static ModelEntry Find(string nameOrPath)
    {
        try
        {
            return Registry().Resolve(nameOrPath);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Model, Failures.LineOf(e), e);
        }
    }

    /// <summary>Loads the model of the settings; a failure of any kind has the exit code of a model.</summary>
    /// <exception cref="CommandException">There is no such model, or it is damaged.</exception>
    public static CellposeModel Load(SegmentationSettings settings, torch.Device device, Reporter reporter)
    {
        try
        {
            ModelEntry entry = Registry().Resolve(settings.Model);
            IReadOnlyList<CellposeModelFile> files = entry.Load(settings.Ensemble);
            string? sizePath = settings.SizeModel ?? entry.SizePath;
            SizeModel? size = (settings.Options.AutoDiameter || settings.EstimateIfPossible) && sizePath is not null ? SizeModelFile.Read(sizePath) : null;
            ModelInfo info = entry.Describe(files);
            bool half = device.type == DeviceType.CUDA;
            var model = new CellposeModel([.. files.Select(f => f.Weights)], info, device, size, half);
            reporter.Info(FormattableString.Invariant(
                $"model: {entry.Name} ({(files.Count > 1 ? $"{files.Count} networks, " : "")}widths {string.Join("-", files[0].Widths.Skip(1))}), cells of {info.DiamMean:f1} px after resizing; {Diameter(settings, info, size)}"));
            return model;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Model, Failures.LineOf(e), e);
        }
    }

    /// <summary>Loads a temporal flow head; a failure of any kind has the exit code of a model.</summary>
    /// <param name="nameOrPath">Its name or path; <see cref="TemporalModelFile.Shipped"/> is the program's own.</param>
    /// <param name="device">Where it shall run.</param>
    /// <returns>The model; owned by the caller.</returns>
    /// <exception cref="CommandException">There is no such head, or it is damaged.</exception>
    public static TemporalModel LoadTemporal(string nameOrPath, torch.Device device)
    {
        try
        {
            return TemporalModelFile.Read(Registry().Resolve(nameOrPath).WeightPaths[0], device);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Model, Failures.LineOf(e), e);
        }
    }

    private static string Diameter(SegmentationSettings settings, ModelInfo info, SizeModel? size) =>
        settings.Options.Diameter is { } given ? FormattableString.Invariant($"diameter {given:f1} px as given")
        : size is not null ? settings.IsMovie ? "diameter estimated once for the movie" : "diameter estimated for each image"
        : FormattableString.Invariant($"diameter {info.DiamLabels:f1} px, the model's own");
}
