using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Cellpose3D.Core2D;

namespace Cellpose3D.IO.Weights.Pickle;

/// <summary>Writes the few kinds of values that files for Python need, as a pickle of protocol 4.</summary>
/// <remarks>
/// Arrays are streamed with 8-byte lengths, so nothing stops at 4 GB. Frames and the memo, which only save time and space,
/// are left out. NumPy's modules have their names of before 2.0, which every NumPy knows.
/// </remarks>
/// <param name="stream">Receives the pickle; borrowed.</param>
internal sealed class PickleWriter(Stream stream)
{
    private const int Chunk = 1 << 16;

    /// <summary>Begins the pickle.</summary>
    public void Start() => stream.Write([0x80, 4]);

    /// <summary>Ends the pickle; the value on top is its result.</summary>
    public void Stop() => stream.WriteByte((byte)'.');

    public void None() => stream.WriteByte((byte)'N');

    public void Bool(bool value) => stream.WriteByte(value ? (byte)0x88 : (byte)0x89);

    public void Integer(int value)
    {
        Span<byte> bytes = stackalloc byte[5];
        bytes[0] = (byte)'J';
        BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], value);
        stream.Write(bytes);
    }

    public void Number(double value)
    {
        Span<byte> bytes = stackalloc byte[9];
        bytes[0] = (byte)'G';
        BinaryPrimitives.WriteDoubleBigEndian(bytes[1..], value);
        stream.Write(bytes);
    }

    public void Text(string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        Header((byte)'X', 4, bytes.Length);
        stream.Write(bytes);
    }

    /// <summary>Writes a byte string whose content is streamed.</summary>
    /// <param name="length">Bytes that <paramref name="write"/> will write.</param>
    /// <param name="write">Writes the content.</param>
    public void Bytes(long length, Action<Stream> write)
    {
        Header(0x8e, 8, length);
        write(stream);
    }

    /// <summary>Writes a list; the items are written in between.</summary>
    public void List(Action items)
    {
        stream.Write("]("u8);
        items();
        stream.WriteByte((byte)'e');
    }

    /// <summary>Writes a tuple; the items are written in between.</summary>
    public void Tuple(Action items)
    {
        stream.WriteByte((byte)'(');
        items();
        stream.WriteByte((byte)'t');
    }

    /// <summary>Writes a dict; keys and values are written in between, in turn.</summary>
    public void Dict(Action pairs)
    {
        stream.Write("}("u8);
        pairs();
        stream.WriteByte((byte)'u');
    }

    /// <summary>Writes a NumPy array of numbers, converted on the way.</summary>
    /// <param name="shape">Length of each axis, slowest first.</param>
    /// <param name="values">[product of shape], C order; borrowed.</param>
    /// <param name="code">NumPy's code of <typeparamref name="TOut"/> without byte order, for example <c>u2</c>.</param>
    /// <param name="convert">Makes the number stored.</param>
    public void Array<T, TOut>(int[] shape, NdArray<T> values, string code, Func<T, TOut> convert)
        where T : unmanaged
        where TOut : unmanaged
    {
        int size = code[1] - '0';
        ArrayOf(shape, code, size == 1 ? "|" : "<", () => Bytes((long)values.Length * size, target =>
        {
            TOut[] part = new TOut[Math.Min(Chunk, values.Length)];
            for (int done = 0; done < values.Length; done += part.Length)
            {
                int count = Math.Min(part.Length, values.Length - done);
                for (int i = 0; i < count; i++)
                    part[i] = convert(values.Data[done + i]);
                target.Write(MemoryMarshal.AsBytes(part.AsSpan(0, count)));
            }
        }));
    }

    /// <summary>Writes a NumPy array without axes that holds one Python object, as <c>numpy.save</c> wraps a dict.</summary>
    public void Wrapped(Action value) => ArrayOf([], "O8", "|", () => List(value));

    private void ArrayOf(int[] shape, string code, string order, Action values)
    {
        Global("numpy.core.multiarray", "_reconstruct");
        Tuple(() =>
        {
            Global("numpy", "ndarray");
            Tuple(() => Integer(0));
            stream.Write([(byte)'C', 1, (byte)'b']);
        });
        stream.WriteByte((byte)'R');
        Tuple(() =>
        {
            Integer(1);
            Tuple(() => System.Array.ForEach(shape, Integer));
            Dtype(code, order);
            Bool(false);                                                 // C order
            values();
        });
        stream.WriteByte((byte)'b');
    }

    private void Dtype(string code, string order)
    {
        Global("numpy", "dtype");
        Tuple(() =>
        {
            Text(code);
            Bool(false);
            Bool(true);
        });
        stream.WriteByte((byte)'R');
        Tuple(() =>
        {
            Integer(3);
            Text(order);
            None();
            None();
            None();
            Integer(-1);
            Integer(-1);
            Integer(code[0] == 'O' ? 63 : 0);                            // flags: an object counts references
        });
        stream.WriteByte((byte)'b');
    }

    private void Global(string module, string name)
    {
        Text(module);
        Text(name);
        stream.WriteByte(0x93);
    }

    private void Header(byte opcode, int lengthBytes, long length)
    {
        Span<byte> bytes = stackalloc byte[9];
        bytes[0] = opcode;
        BinaryPrimitives.WriteInt64LittleEndian(bytes[1..], length);
        stream.Write(bytes[..(1 + lengthBytes)]);
    }
}
