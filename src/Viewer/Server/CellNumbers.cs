using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Measurements;
using Cellpose3D.Tracking.Detections;
using Cellpose3D.Viewer.Volumes;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Viewer.Server;

/// <summary>The table of <c>measure</c> for the time points shown, made in the background and kept until the labels change.</summary>
public sealed class CellNumbers(SceneFiles files, FrameStore frames)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Task<MeasurementTable>> _tables = [];

    /// <summary>The table of a time point.</summary>
    /// <param name="time">From 0.</param>
    /// <exception cref="InvalidOperationException">There are no labels.</exception>
    public Task<MeasurementTable> TableAsync(int time)
    {
        lock (_gate)
        {
            if (!_tables.TryGetValue(time, out Task<MeasurementTable>? table) || table.IsFaulted || table.IsCanceled)
                _tables[time] = table = Task.Run(() => MeasureAsync(time));
            return table;
        }
    }

    /// <summary>Forgets a time point, whose labels changed.</summary>
    /// <param name="time">From 0.</param>
    public void Forget(int time)
    {
        lock (_gate)
            _tables.Remove(time);
    }

    /// <summary>One number of each cell.</summary>
    /// <param name="time">From 0.</param>
    /// <param name="name">A column's name.</param>
    /// <exception cref="ArgumentException">There is no such column of numbers.</exception>
    public async Task<Dictionary<uint, double>> ColumnAsync(int time, string name)
    {
        MeasurementTable table = await TableAsync(time).ConfigureAwait(false);
        MeasurementColumn column = table.Columns.FirstOrDefault(c => c.Name == name && c.Values is not string[])
            ?? throw new ArgumentException($"cells can be coloured by {string.Join(", ", table.Columns.Where(c => c.Values is not string[]).Select(c => c.Name))}; got '{name}'.", nameof(name));
        Array ids = table["label"].Values;
        return Enumerable.Range(0, table.Rows).ToDictionary(
            n => Convert.ToUInt32(ids.GetValue(n), CultureInfo.InvariantCulture), n => Convert.ToDouble(column.Values.GetValue(n), CultureInfo.InvariantCulture));
    }

    /// <summary>The table for a page: its columns, numbers that are missing as null.</summary>
    /// <param name="time">From 0.</param>
    public async Task<JsonObject> JsonAsync(int time)
    {
        MeasurementTable table = await TableAsync(time).ConfigureAwait(false);
        var columns = new JsonArray();
        foreach (MeasurementColumn column in table.Columns)
            columns.Add(new JsonObject { ["name"] = column.Name, ["values"] = Values(column.Values) });
        return new JsonObject { ["time"] = time, ["rows"] = table.Rows, ["columns"] = columns };
    }

    private static JsonArray Values(Array values) => values switch
    {
        double[] numbers => new JsonArray([.. numbers.Select(v => double.IsFinite(v) ? (JsonNode?)Math.Round(v, 6) : null)]),
        int[] numbers => new JsonArray([.. numbers.Select(v => (JsonNode)v)]),
        long[] numbers => new JsonArray([.. numbers.Select(v => (JsonNode)v)]),
        bool[] flags => new JsonArray([.. flags.Select(v => (JsonNode)v)]),
        string[] texts => new JsonArray([.. texts.Select(v => (JsonNode)v)]),
        _ => throw new NotSupportedException($"columns of {values.GetType().Name} are not sent to pages."),
    };

    private async Task<MeasurementTable> MeasureAsync(int time)
    {
        Frame frame = await frames.GetAsync(time).ConfigureAwait(false);
        LabelVolume labels = frame.Labels ?? throw new InvalidOperationException("there are no labels to measure.");
        bool isVolume = files.Grid.Shape.Z > 1;
        VolumeShape stride = labels.Stride;
        PointUm voxel = files.Grid.VoxelUm;
        VoxelSize spacing = files.HasVoxelSize ? new VoxelSize(voxel.Z * stride.Z, voxel.Y * stride.Y, voxel.X * stride.X) : default;
        PlaneSource<float>[] channels = [.. frame.Images.Where(i => i.Shape == labels.Shape).Select(i => Intensities(i, isVolume))];
        RegionMeasurement[] cells = RegionMeasurements.Measure(Labels(labels, isVolume), channels);
        return RegionTable.Build([cells], isVolume, hasTime: false, spacing);
    }

    private static PlaneSource<int> Labels(LabelVolume volume, bool isVolume)
    {
        int plane = volume.Shape.Y * volume.Shape.X;
        return new PlaneSource<int>(isVolume, volume.Shape.Z, volume.Shape.Y, volume.Shape.X, (z, values) =>
        {
            ReadOnlySpan<uint> ids = volume.Voxels.AsSpan(z * plane, plane);
            for (int i = 0; i < ids.Length; i++)
                values[i] = (int)ids[i];
        });
    }

    private static PlaneSource<float> Intensities(IntensityVolume volume, bool isVolume)
    {
        int plane = volume.Shape.Y * volume.Shape.X;
        double step = ((double)volume.Highest - volume.Lowest) / ushort.MaxValue;
        return new PlaneSource<float>(isVolume, volume.Shape.Z, volume.Shape.Y, volume.Shape.X, (z, values) =>
        {
            ReadOnlySpan<ushort> steps = volume.Voxels.AsSpan(z * plane, plane);
            for (int i = 0; i < steps.Length; i++)
                values[i] = (float)(volume.Lowest + steps[i] * step);
        });
    }
}
