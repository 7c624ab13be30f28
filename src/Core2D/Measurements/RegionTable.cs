using System.Globalization;

namespace Cellpose3D.Core2D.Measurements;

/// <summary>Makes the table of cells: names and values of scikit-image's <c>regionprops_table</c>, and more besides.</summary>
/// <remarks>
/// Columns without a unit in their name count pixels or voxels; those that end in <c>_um</c>, <c>_um2</c> or <c>_um3</c> take the voxel's
/// size into account, along each axis, and are there only when it is known. The convex hull, and solidity with it, is measured in images only.
/// </remarks>
public static class RegionTable
{
    /// <summary>Makes a table.</summary>
    /// <param name="frames">The cells of each time point; one for an image without time.</param>
    /// <param name="isVolume">Whether cells were measured in volumes.</param>
    /// <param name="hasTime">Adds the column <c>frame</c>, counted from 0.</param>
    /// <param name="spacing">Size of a voxel.</param>
    /// <param name="qualities">Flow error and probability by frame and label; null or without a cell: not known.</param>
    public static MeasurementTable Build(
        IReadOnlyList<IReadOnlyList<RegionMeasurement>> frames, bool isVolume, bool hasTime, VoxelSize spacing,
        IReadOnlyDictionary<(int Frame, int Label), CellQuality>? qualities = null)
    {
        (int Frame, RegionMeasurement Cell)[] rows = [.. frames.SelectMany((cells, t) => cells.Select(cell => (t, cell)))];
        RegionMeasurement[] cells = [.. rows.Select(r => r.Cell)];
        var columns = new List<MeasurementColumn>();
        if (hasTime)
            Add("frame", rows.Select(r => r.Frame));
        AddShapes(columns, cells, isVolume, spacing);
        int channels = cells.Length == 0 ? 0 : cells[0].Intensity.Count;
        for (int c = 0; c < channels; c++)
        {
            int channel = c;
            string suffix = channels == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"-{c}");
            AddNumbers($"intensity_mean{suffix}", m => m.Intensity[channel].Mean);
            AddNumbers($"intensity_min{suffix}", m => m.Intensity[channel].Min);
            AddNumbers($"intensity_max{suffix}", m => m.Intensity[channel].Max);
            AddNumbers($"intensity_std{suffix}", m => m.Intensity[channel].Std);
        }
        Add("touches_border", cells.Select(m => m.TouchesBorder));
        Add("neighbour_count", cells.Select(m => m.Neighbours.Count));
        Add("neighbour_labels", cells.Select(m => string.Join(' ', m.Neighbours.Select(n => n.Label.ToString(CultureInfo.InvariantCulture)))));
        AddNumbers("contact_share", m => m.ContactShare);
        if (qualities is not null)
        {
            Add("flow_error", rows.Select(r => qualities.TryGetValue((r.Frame, r.Cell.Region.Label), out CellQuality? q) ? q.FlowError : double.NaN));
            Add("mean_probability", rows.Select(r => qualities.TryGetValue((r.Frame, r.Cell.Region.Label), out CellQuality? q) ? q.MeanProbability : double.NaN));
        }
        AddLengths(columns, cells, isVolume, spacing);
        return new MeasurementTable(columns);

        void Add<T>(string name, IEnumerable<T> values) => columns.Add(new MeasurementColumn(name, values.ToArray()));
        void AddNumbers(string name, Func<RegionMeasurement, double> value) => Add(name, cells.Select(value));
    }

    private static void AddShapes(List<MeasurementColumn> columns, RegionMeasurement[] cells, bool isVolume, VoxelSize spacing)
    {
        Add("label", cells.Select(m => m.Region.Label));
        Add("area", cells.Select(m => m.Region.Count));
        Func<LabelRegion, int>[] box = isVolume
            ? [r => r.Z0, r => r.Y0, r => r.X0, r => r.Z1, r => r.Y1, r => r.X1]
            : [r => r.Y0, r => r.X0, r => r.Y1, r => r.X1];
        for (int k = 0; k < box.Length; k++)
        {
            Func<LabelRegion, int> edge = box[k];
            Add(Indexed("bbox", k), cells.Select(m => edge(m.Region)));
        }
        for (int k = 0; k < box.Length / 2; k++)
        {
            int axis = k;
            Add(Indexed("centroid", k), cells.Select(m => m.Centroid[axis]));
        }
        Add("equivalent_diameter_area", cells.Select(m => m.EquivalentDiameter));
        Add("extent", cells.Select(m => m.Extent));
        (double Major, double Minor)[] axes = Array.ConvertAll(cells, m => m.AxisLengths());
        Add("axis_major_length", axes.Select(a => a.Major));
        Add("axis_minor_length", axes.Select(a => a.Minor));
        Add("euler_number", cells.Select(m => m.EulerNumber));
        if (!isVolume)
        {
            Add("area_convex", cells.Select(m => m.ConvexArea));
            Add("solidity", cells.Select(m => (double)m.Region.Count / m.ConvexArea));
            Add("eccentricity", cells.Select(m => m.Eccentricity));
            Add("orientation", cells.Select(m => m.Orientation));
            Add("perimeter", cells.Select(m => m.Perimeter));
            return;
        }
        var cubes = new SurfaceDirections(1, 1, 1);
        Add("surface_area", cells.Select(m => m.SurfaceArea(cubes)));
        (double z, double y, double x) = Known(spacing, isVolume) ?? (1, 1, 1);
        var voxels = new SurfaceDirections(z, y, x);
        Add("sphericity", cells.Select(m => Math.Cbrt(Math.PI * 36 * Math.Pow(m.Region.Count * z * y * x, 2)) / m.SurfaceArea(voxels)));

        void Add<T>(string name, IEnumerable<T> values) => columns.Add(new MeasurementColumn(name, values.ToArray()));
    }

    private static void AddLengths(List<MeasurementColumn> columns, RegionMeasurement[] cells, bool isVolume, VoxelSize spacing)
    {
        if (Known(spacing, isVolume) is not var (z, y, x))
            return;
        double voxel = (isVolume ? z : 1) * y * x;
        Add(isVolume ? "volume_um3" : "area_um2", m => m.Region.Count * voxel);
        double[] steps = isVolume ? [z, y, x] : [y, x];
        for (int k = 0; k < steps.Length; k++)
        {
            int axis = k;
            Add(Indexed("centroid_um", k), m => m.Centroid[axis] * steps[axis]);
        }
        Add("equivalent_diameter_um", m => m.EquivalentDiameterOf(m.Region.Count * voxel));
        Add("axis_major_length_um", m => m.AxisLengths(z, y, x).Major);
        Add("axis_minor_length_um", m => m.AxisLengths(z, y, x).Minor);
        if (isVolume)
        {
            var directions = new SurfaceDirections(z, y, x);
            Add("surface_area_um2", m => m.SurfaceArea(directions));
        }
        else if (Math.Abs(y - x) <= 1e-6 * x)
        {
            Add("perimeter_um", m => m.Perimeter * x);                   // has no meaning for pixels that are not square
        }

        void Add(string name, Func<RegionMeasurement, double> value) => columns.Add(new MeasurementColumn(name, Array.ConvertAll(cells, m => value(m))));
    }

    private static (double Z, double Y, double X)? Known(VoxelSize spacing, bool isVolume) =>
        spacing is { Y: { } y, X: { } x } && (spacing.Z is not null || !isVolume) ? (spacing.Z ?? 1, y, x) : null;

    private static string Indexed(string name, int k) => string.Create(CultureInfo.InvariantCulture, $"{name}-{k}");
}
