using System.Text.Json;
using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Core2D.Tests.Tiling;

namespace Cellpose3D.Core2D.Tests.Preprocessing;

public sealed class ReferenceAxesTests
{
    public static TheoryData<string> Cases
    {
        get
        {
            using JsonDocument cases = ReadCases();
            return [.. cases.RootElement.EnumerateObject().Select(p => p.Name)];
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Convert_Golden_IsBitEqual(string name)
    {
        using JsonDocument cases = ReadCases();
        JsonElement parameters = cases.RootElement.GetProperty(name);
        JsonElement named = parameters.GetProperty("channels");
        int[]? channels = named.ValueKind == JsonValueKind.Null ? null : [.. named.EnumerateArray().Select(e => e.GetInt32())];
        NdArray<float> image = Golden.Load<float>("convert_image", name + "_in");
        NdArray<float> golden = Golden.Load<float>("convert_image", name + "_out"); // channels last

        NdArray<float> converted = ReferenceAxes.Convert(
            image, channels, Axis(parameters, "channel_axis"), Axis(parameters, "z_axis"), parameters.TryGetProperty("do_3D", out _));

        Assert.Equal([2, .. golden.Shape[..^1]], converted.Shape);
        for (int i = 0; i < converted.Length; i++)
            Assert.Equal(golden.Data[i], converted.Plane(i % 2)[i / 2]);
    }

    [Fact]
    public void Convert_NegativeAxesAndSingletons_AreUnderstood()
    {
        NdArray<float> image = Arrays.Random(1, 1, 9, 12, 3);

        NdArray<float> converted = ReferenceAxes.Convert(image, [3, 1], channelAxis: -1);

        Assert.Equal([2, 9, 12], converted.Shape);
        Assert.Equal(image.Data[2], converted.Data[0]);
        Assert.Equal(image.Data[0], converted.Plane(1)[0]);
    }

    [Fact]
    public void Convert_Wrong_Throws()
    {
        Assert.Throws<ArgumentException>(() => ReferenceAxes.Convert(new NdArray<float>(5), [0, 0]));
        Assert.Throws<ArgumentException>(() => ReferenceAxes.Convert(new NdArray<float>(0, 5), [0, 0]));
        Assert.Throws<ArgumentException>(() => ReferenceAxes.Convert(new NdArray<float>(9, 9), [0]));
        Assert.Throws<ArgumentException>(() => ReferenceAxes.Convert(new NdArray<float>(9, 9), [0, 0], do3D: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReferenceAxes.Convert(new NdArray<float>(9, 9, 3), [4, 0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReferenceAxes.Convert(new NdArray<float>(9, 9, 3), [1, 0], channelAxis: 3));
    }

    private static int? Axis(JsonElement parameters, string name)
        => parameters.TryGetProperty(name, out JsonElement value) ? value.GetInt32() : null;

    private static JsonDocument ReadCases() => JsonDocument.Parse(File.ReadAllText(Golden.Path("convert_image", "cases.json")));
}
