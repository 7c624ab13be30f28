using System.Globalization;
using System.Numerics;
using System.Text;

namespace Cellpose3D.IO.Weights.Pickle;

internal sealed partial class PickleReader
{
    private const int LongestNumber = 4300;                              // digits, as Python itself allows
    private const int LongestName = 1000;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Steps that push one value spelled out in the file.</summary>
    private bool Scalar(byte opcode)
    {
        switch (opcode)
        {
            case 0x80:                                                   // PROTO
                if (_in.ReadByte() is var protocol && protocol > NewestProtocol)
                    throw _in.Malformed($"protocol must be 0 to {NewestProtocol}; got {protocol}");
                return true;
            case 0x95:                                                   // FRAME: only a hint for reading ahead
                _in.ReadLength(8);
                return true;
            case (byte)'N': Push(null); return true;
            case 0x88: Push(true); return true;                          // NEWTRUE
            case 0x89: Push(false); return true;                         // NEWFALSE
            case (byte)'J': Push((long)_in.ReadInt32()); return true;    // BININT
            case (byte)'K': Push((long)_in.ReadByte()); return true;     // BININT1
            case (byte)'M': Push((long)_in.ReadUInt16()); return true;   // BININT2
            case (byte)'G': Push(_in.ReadDoubleBigEndian()); return true;   // BINFLOAT
            case 0x8a: PushInteger(Long(_in.ReadLength(1))); return true;       // LONG1
            case 0x8b: PushInteger(Long(_in.ReadLength(4))); return true;       // LONG4
            case (byte)'I': PushIntegerLine(); return true;            // INT
            case (byte)'L': PushInteger(Integer(_in.ReadLine(LongestNumber).TrimEnd('L'))); return true;   // LONG
            case (byte)'F': Push(Float(_in.ReadLine(LongestName))); return true;    // FLOAT
            case (byte)'S': Push(Quoted(_in.ReadLine(int.MaxValue))); return true;  // STRING
            case (byte)'V': Push(RawUnicode(_in.ReadLine(int.MaxValue))); return true;   // UNICODE
            case (byte)'U': Push(Latin1(_in.ReadLength(1))); return true;   // SHORT_BINSTRING
            case (byte)'T': Push(Latin1(_in.ReadLength(4))); return true;   // BINSTRING
            case 0x8c: Push(Unicode(_in.ReadLength(1))); return true;    // SHORT_BINUNICODE
            case (byte)'X': Push(Unicode(_in.ReadLength(4))); return true;   // BINUNICODE
            case 0x8d: Push(Unicode(_in.ReadLength(8))); return true;    // BINUNICODE8
            case (byte)'C': Push(_in.ReadBytes(_in.ReadLength(1))); return true;    // SHORT_BINBYTES
            case (byte)'B': Push(_in.ReadBytes(_in.ReadLength(4))); return true;    // BINBYTES
            case 0x8e: Push(_in.ReadBytes(_in.ReadLength(8))); return true;         // BINBYTES8
            case 0x96: Push(_in.ReadBytes(_in.ReadLength(8))); return true;         // BYTEARRAY8
            case (byte)'c': Push(Global(_in.ReadLine(LongestName), _in.ReadLine(LongestName))); return true;   // GLOBAL
            case 0x93:                                                   // STACK_GLOBAL
                string name = Pop<string>("a name"), module = Pop<string>("a module's name");
                Push(Global(module, name));
                return true;
            case 0x82 or 0x83 or 0x84:                                   // EXT1, EXT2, EXT4
                throw _in.Malformed("it uses the extension registry, whose entries only its author knows");
            case 0x97 or 0x98:                                           // NEXT_BUFFER, READONLY_BUFFER
                throw _in.Malformed("it keeps its data in buffers outside the file");
            default: return false;
        }
    }

    private void PushInteger(BigInteger value)
    {
        if (value >= long.MinValue && value <= long.MaxValue)
            Push((long)value);
        else
            Push(value);
    }

    private BigInteger Long(long length) =>
        length <= LongestNumber ? new BigInteger(_in.ReadArray(length)) : throw _in.Malformed($"an integer has {length} bytes");

    private void PushIntegerLine()
    {
        string line = _in.ReadLine(LongestNumber);
        if (line is "00" or "01")
            Push(line == "01");
        else
            PushInteger(Integer(line));
    }

    private BigInteger Integer(string digits) =>
        BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out BigInteger value)
            ? value
            : throw _in.Malformed($"'{Printable(digits)}' is no integer");

    private double Float(string digits) => digits switch
    {
        "nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw _in.Malformed($"'{Printable(digits)}' is no number"),
    };

    private string Latin1(long length) => Encoding.Latin1.GetString(_in.ReadArray(length));

    private string Unicode(long length)
    {
        try
        {
            return Utf8.GetString(_in.ReadArray(length));
        }
        catch (DecoderFallbackException)
        {
            throw _in.Malformed("a text is not UTF-8");
        }
    }

    /// <summary>A Python 2 string literal, quotes and backslashes included.</summary>
    private string Quoted(string line)
    {
        if (line.Length < 2 || line[0] != line[^1] || line[0] is not ('\'' or '"'))
            throw _in.Malformed("a text has no quotes around it");
        var text = new StringBuilder(line.Length);
        for (int i = 1; i < line.Length - 1; i++)
        {
            if (line[i] != '\\')
            {
                text.Append(line[i]);
                continue;
            }
            if (++i == line.Length - 1)
                throw _in.Malformed("a text ends in a backslash");
            switch (line[i])
            {
                case 'n': text.Append('\n'); break;
                case 't': text.Append('\t'); break;
                case 'r': text.Append('\r'); break;
                case 'x': text.Append((char)Hex(line, i + 1, 2)); i += 2; break;
                default: text.Append(line[i]); break;                    // \\ \' \"
            }
        }
        return text.ToString();
    }

    /// <summary>Protocol 0's text: Latin-1 with \uXXXX and \UXXXXXXXX.</summary>
    private string RawUnicode(string line)
    {
        if (!line.Contains('\\', StringComparison.Ordinal))
            return line;
        var text = new StringBuilder(line.Length);
        for (int i = 0; i < line.Length; i++)
        {
            int digits = i + 1 == line.Length || line[i] != '\\' ? 0 : line[i + 1] switch { 'u' => 4, 'U' => 8, _ => 0 };
            if (digits == 0)
            {
                text.Append(line[i]);
                continue;
            }
            int code = Hex(line, i + 2, digits);
            if (code is < 0 or > 0x10FFFF)
                throw _in.Malformed($"U+{code:x} is no character");
            if (code < 0x10000)
                text.Append((char)code);
            else
                text.Append(char.ConvertFromUtf32(code));
            i += digits + 1;
        }
        return text.ToString();
    }

    private int Hex(string line, int from, int digits) =>
        from + digits <= line.Length && int.TryParse(line.AsSpan(from, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw _in.Malformed("an escaped character lacks its digits");
}
