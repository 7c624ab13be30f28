using System.Globalization;
using Cellpose3D.Cli.Reporting;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.Viewer.Coloring;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Server;
using Cellpose3D.Viewer.Volumes;

namespace Cellpose3D.Cli.Rendering;

/// <summary>Colours of cells as <c>--color-by</c> asks for them.</summary>
internal sealed class CellColors
{
    private readonly RenderSettings _settings;
    private readonly SceneFiles _files;
    private readonly Dictionary<uint, Rgb>? _byContact;
    private readonly TrackView? _tracks;
    private readonly Dictionary<(int Frame, uint Id), double>? _table;

    public CellColors(RenderSettings settings, SceneFiles files, TrackView? tracks, IReadOnlyList<int> frames, CancellationToken cancellationToken)
    {
        (_settings, _files, _tracks) = (settings, files, tracks);
        if (settings.Layer.Coloring == LabelColoring.Id)
        {
            // one colour through a movie, apart from all that a cell ever touches
            var contacts = new LabelContacts();
            foreach (int t in frames)
                contacts.Add(files.ReadLabels(t, cancellationToken));
            _byContact = LabelPalette.ByContact(contacts, settings.Layer.Seed);
        }
        if (settings.Table is { } path && settings.Layer.Feature is { } feature)
            _table = LabelTable.Read(path, feature);
    }

    /// <summary>The range of the numbers that colours stand for, once there was a frame.</summary>
    public (double Low, double High)? Range { get; private set; }

    /// <summary>Colours of the cells of one time point.</summary>
    public IReadOnlyDictionary<uint, Rgb> Of(int time, LabelVolume labels, CancellationToken cancellationToken)
    {
        if (_byContact is not null)
            return _byContact;
        uint[] ids = labels.Ids();
        if (_settings.Layer.Coloring == LabelColoring.Track)
            return _tracks?.Colors(time, ids, _settings.Layer.Seed) ?? LabelPalette.ByTrack(ids, new Dictionary<uint, uint>(), _settings.Layer.Seed);
        LabelLayer layer = _settings.Layer;
        Dictionary<uint, double> values = _table is not null
            ? _table.Where(v => v.Key.Frame == time || v.Key.Frame < 0).ToDictionary(v => v.Key.Id, v => v.Value)
            : Measured(time, layer.Feature!, cancellationToken);
        // the first frame's range holds for all, so that a colour means one number
        (Dictionary<uint, Rgb> colors, double low, double high) = LabelPalette.ByFeature(ids, values, layer.FeatureMap, layer.FeatureLow ?? Range?.Low, layer.FeatureHigh ?? Range?.High);
        Range ??= (low, high);
        return colors;
    }

    private Dictionary<uint, double> Measured(int time, string feature, CancellationToken cancellationToken)
    {
        PlaneSource<int> planes = _files.LabelPlanes(time);
        RegionMeasurement[] cells = RegionMeasurements.Measure(planes, [], 0, null, cancellationToken);
        VoxelSize spacing = _files.HasVoxelSize ? new VoxelSize(_files.Grid.VoxelUm.Z, _files.Grid.VoxelUm.Y, _files.Grid.VoxelUm.X) : default;
        MeasurementTable table = RegionTable.Build([cells], planes.IsVolume, false, spacing);
        MeasurementColumn column = table.Columns.FirstOrDefault(c => c.Name == feature && c.Values is not string[]) ?? throw new CommandException(ExitCode.Usage,
            $"--color-by must be id, track or one of {string.Join(", ", table.Columns.Where(c => c.Values is not string[]).Select(c => c.Name))}; got '{feature}' (other columns with --table).");
        Array ids = table["label"].Values;
        return Enumerable.Range(0, table.Rows).ToDictionary(
            n => Convert.ToUInt32(ids.GetValue(n), CultureInfo.InvariantCulture), n => Convert.ToDouble(column.Values.GetValue(n), CultureInfo.InvariantCulture));
    }
}
