using System.Numerics;
using System.Text;
using Cellpose3D.IO.Weights;
using Cellpose3D.IO.Weights.Pickle;

namespace Cellpose3D.IO.Tests.Weights;

public sealed class PickleReaderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Load_NumpyDict_SameValuesUnderEveryProtocol(int protocol)
    {
        using FileStream stream = File.OpenRead(Fixture.Path($"numpy_p{protocol}.npy"));

        var dict = Assert.IsType<PickleDict>(PickledNpy.Read(stream, "fixture"));

        Assert.Equal([0, 1, 2, 3, 4, 5], Array("f8").ToNdArray<double>("f8").Data);
        Assert.Equal([2, 3], Array("f8").Shape);
        Assert.Equal([0, 1, 2, 3], Array("f4_big").ToNdArray<float>("f4").Data);
        Assert.Equal([0, 1, 2, 3, 4, 5], Array("fortran").ToNdArray<int>("fortran").Data);
        Assert.Equal([1, 0], Array("bool").ToNdArray<int>("bool").Data);
        Assert.Equal([65535, 1], Array("u2").ToNdArray<int>("u2").Data);
        Assert.Equal(2.5, dict.Find("scalar"));
        Assert.Equal(-3L, dict.Find("int"));
        Assert.Equal(true, dict.Find("flag"));
        Assert.Equal("µm\n", dict.Find("text"));
        Assert.Equal(BigInteger.Pow(2, 70), dict.Find("big"));
        Assert.True(dict.Has("none"));
        Assert.Null(dict.Find("none"));
        var list = Assert.IsType<List<object?>>(dict.Find("list"));
        Assert.Equal(1L, list[0]);
        Assert.Equal([2.5, "x"], Assert.IsType<object?[]>(list[1]));
        Assert.Equal([1L, "a", null], Array("objects").Objects);
        Assert.Equal([0, 3], Array("empty").ToNdArray<double>("empty").Shape);

        NumpyArray Array(string key) => Assert.IsType<NumpyArray>(dict.Find(key));
    }

    [Theory]
    [InlineData("I42\n.", 42L)]
    [InlineData("I01\n.", true)]
    [InlineData("L-7L\n.", -7L)]
    [InlineData("F2.5\n.", 2.5)]
    [InlineData("S'a\\'b\\x41\\n'\n.", "a'bA\n")]
    [InlineData("V\\u00b5m\\U0001f600\n.", "µm😀")]
    [InlineData("U\u0003abc.", "abc")]
    [InlineData("T\u0003\0\0\0abc.", "abc")]
    [InlineData("K\u0001K\u00020.", 1L)]
    [InlineData("K\u0005(K\u0001K\u00021.", 5L)]
    [InlineData("I1\np3\n0g3\n.", 1L)]
    public void Load_SmallPickle_Value(string pickle, object expected)
    {
        Assert.Equal(expected, Load(pickle));
    }

    [Theory]
    [InlineData("K")]                                                    // ends early
    [InlineData(".")]                                                    // nothing to return
    [InlineData("0.")]                                                   // pops nothing
    [InlineData("(0R.")]
    [InlineData("}K\u0001s.")]                                           // a key without a value
    [InlineData("(K\u0001d.")]
    [InlineData("h\u0000.")]                                             // empty memo
    [InlineData("t.")]                                                   // no mark
    [InlineData("K\u0001)R.")]                                           // calls a number
    [InlineData("ccollections\nOrderedDict\nK\u0001R.")]                 // arguments are no tuple
    [InlineData("cbuiltins\nint\n)R.")]                                  // a label
    [InlineData("X\u0001\0\0\0\u00ff.")]                                 // not UTF-8
    [InlineData("X\u00ff\u00ff\u00ff\u00ffa.")]                          // 4 GB of text
    [InlineData("\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f.")]   // 8 EB of bytes
    [InlineData("\u0080\u0006N.")]                                       // protocol 6
    [InlineData("\u0082\u0001.")]                                        // extension registry
    [InlineData("\u0097.")]                                              // out-of-band buffer
    [InlineData("Pid\n.")]                                               // data outside
    [InlineData("K\u0001Nb.")]                                           // state for a number
    [InlineData("\u00fe.")]                                              // no opcode
    [InlineData("S'abc\n.")]
    [InlineData("V\\u12\n.")]
    [InlineData("Iten\n.")]
    public void Load_Malformed_SaysWhere(string pickle)
    {
        var e = Assert.Throws<InvalidDataException>(() => Load(pickle));

        Assert.Contains("(at byte ", e.Message);
    }

    [Fact]
    public void Load_NamesWithControlCharacters_AreMadeFitForATerminal()
    {
        var e = Assert.Throws<InvalidDataException>(() => Load("cevil\u001b[2J\nrun\n."));

        Assert.Contains("'evil?[2J.run'", e.Message);
    }

    [Fact]
    public void Load_NestedAMillionDeep_IsFine()
    {
        string pickle = "K\u0001" + new string('\u0085', 1_000_000) + ".";

        Assert.IsType<object?[]>(Load(pickle));
    }

    [Fact]
    public void Load_TooManyOpenMarks_IsRefused()
    {
        Assert.Throws<InvalidDataException>(() => Load(new string('(', 100_000)));
    }

    [Fact]
    public void Load_CopyingOneListAgainAndAgain_IsRefusedBeforeMemoryGrows()
    {
        // list of n, then OrderedDict([list of pairs]) m times: n * m entries from n + m bytes
        var pickle = new StringBuilder("]q\u0000(");
        for (int i = 0; i < 10_000; i++)
            pickle.Append("K\u0001K\u0002\u0086");
        pickle.Append("e0ccollections\nOrderedDict\nq\u00010(");
        for (int i = 0; i < 100_000; i++)
            pickle.Append("h\u0001h\u0000\u0085R");
        pickle.Append("t.");

        long before = GC.GetTotalMemory(forceFullCollection: true);
        Assert.Throws<InvalidDataException>(() => Load(pickle.ToString()));
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 100 << 20);
    }

    private static object? Load(string latin1)
    {
        using var stream = new MemoryStream(Encoding.Latin1.GetBytes(latin1));
        return new PickleReader(stream, "test").Load();
    }
}
