using System.Buffers.Binary;
using System.Text;
using Cellpose3D.Core2D.Network;
using Cellpose3D.IO.Weights;

namespace Cellpose3D.IO.Tests.Weights;

public sealed class SafeTensorsTests
{
    [Fact]
    public void Write_ThenRead_KeepsOrderTypesBytesAndMetadata()
    {
        StateDict dict = WeightsFile.Read(Fixture.Path("types_zip.pt")) with
        {
            Metadata = new Dictionary<string, string> { ["name"] = "µ \"quoted\"", ["empty"] = "" },
        };
        using var stream = new MemoryStream();

        SafeTensors.Write(stream, dict);
        stream.Position = 0;
        StateDict back = SafeTensors.Read(stream, "memory");

        Assert.Equal(dict.Metadata, back.Metadata);
        Assert.Equal(dict.Tensors.Select(t => (t.Name, t.Type)), back.Tensors.Select(t => (t.Name, t.Type)));
        Assert.All(dict.Tensors.Zip(back.Tensors), pair =>
        {
            Assert.Equal(pair.First.Shape, pair.Second.Shape);
            Assert.Equal(pair.First.Bytes, pair.Second.Bytes);
        });
    }

    [Fact]
    public void Write_MixedTypes_EachStartsOnAMultipleOfItsSize()
    {
        using var stream = new MemoryStream();
        SafeTensors.Write(stream, new StateDict(
            [new("a", WeightType.UInt8, [3], [1, 2, 3]), new("b", WeightType.Int64, [1], new byte[8]), WeightTensor.FromFloats("c", [1], [2])],
            new Dictionary<string, string>()));

        string header = Encoding.UTF8.GetString(stream.ToArray(), 8, (int)BinaryPrimitives.ReadInt64LittleEndian(stream.ToArray()));

        Assert.Equal(0, header.Length % 8);
        Assert.Contains("\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[12,15]}", header);
        Assert.Contains("\"b\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}", header);
    }

    [Fact]
    public void Write_NoTensors_IsReadBack()
    {
        using var stream = new MemoryStream();
        SafeTensors.Write(stream, new StateDict([], new Dictionary<string, string>()));
        stream.Position = 0;

        Assert.Empty(WeightsFile.Read(stream, "memory").Tensors);
    }

    [Fact]
    public void Write_TwoOfOneName_Refuses()
    {
        var twice = new StateDict([WeightTensor.FromFloats("w", [1], [2]), WeightTensor.FromFloats("w", [1], [2])], new Dictionary<string, string>());

        Assert.Throws<ArgumentException>(() => SafeTensors.Write(new MemoryStream(), twice));
    }

    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, null)]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "must have 8 bytes of data")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "must have 8 bytes of data")]
    [InlineData("""{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "does not fit its data_offsets")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "does not fit its data_offsets")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,8]}}""", 8, "does not fit its data_offsets")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "must start at byte 0")]
    [InlineData("""{"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "must start at byte")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "two tensors named 'w'")]
    [InlineData("""{"w":{"shape":[2],"data_offsets":[0,8]}}""", 8, "header is damaged")]
    [InlineData("""{"w":[1,2]}""", 8, "header is damaged")]
    [InlineData("""{"w":""", 8, "header is damaged")]
    public void Read_Header_IsCheckedAgainstTheData(string header, int data, string? problem)
    {
        using MemoryStream stream = File(header, data);

        if (problem is null)
            Assert.Single(SafeTensors.Read(stream, "t.safetensors").Tensors);
        else
            Assert.Contains(problem, Assert.Throws<InvalidDataException>(() => SafeTensors.Read(stream, "t.safetensors")).Message);
    }

    [Fact]
    public void Read_UnknownElementType_NamesIt()
    {
        using MemoryStream stream = File("""{"w":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""", 8);

        Assert.Contains("F8_E4M3", Assert.Throws<NotSupportedException>(() => SafeTensors.Read(stream, "t")).Message);
    }

    [Fact]
    public void Read_HeaderLongerThanTheFile_Refuses()
    {
        using var stream = new MemoryStream([255, 255, 255, 0, 0, 0, 0, 0, (byte)'{', (byte)'}']);

        Assert.Contains("is not safetensors", Assert.Throws<InvalidDataException>(() => SafeTensors.Read(stream, "t")).Message);
    }

    private static MemoryStream File(string header, int data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header), length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return new MemoryStream([.. length, .. text, .. new byte[data]]);
    }
}
