using System.Globalization;

namespace Cellpose3D.IO.Weights.Pickle;

internal sealed partial class PickleReader
{
    /// <summary>Steps that work on the stack, the memo and containers.</summary>
    private bool Container(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'(':                                              // MARK
                if (_marks.Count == MostOpenMarks)
                    throw _in.Malformed($"it nests more than {MostOpenMarks} containers");
                _marks.Push(_stack.Count);
                return true;
            case (byte)'0':                                              // POP
                if (_marks.Count > 0 && _marks.Peek() == _stack.Count)
                    _marks.Pop();
                else
                    Pop();
                return true;
            case (byte)'1': PopToMark(); return true;                    // POP_MARK
            case (byte)'2': Push(Peek()); return true;                   // DUP
            case (byte)']': Push(new List<object?>()); return true;      // EMPTY_LIST
            case (byte)'}': Push(new PickleDict()); return true;         // EMPTY_DICT
            case (byte)')': Push(Array.Empty<object?>()); return true;   // EMPTY_TUPLE
            case 0x8f: Push(new List<object?>()); return true;           // EMPTY_SET
            case (byte)'l' or 0x91: Push(new List<object?>(PopToMark())); return true;   // LIST, FROZENSET
            case (byte)'t': Push(PopToMark()); return true;              // TUPLE
            case 0x85: Push(new[] { Pop() }); return true;               // TUPLE1
            case 0x86: Push(PopTuple(2)); return true;                   // TUPLE2
            case 0x87: Push(PopTuple(3)); return true;                   // TUPLE3
            case (byte)'d': Push(Fill(new PickleDict(), PopToMark())); return true;      // DICT
            case (byte)'a':                                              // APPEND
                object? item = Pop();
                List("APPEND").Add(item);
                return true;
            case (byte)'e' or 0x90:                                      // APPENDS, ADDITEMS
                object?[] items = PopToMark();
                List("APPENDS").AddRange(items);
                return true;
            case (byte)'s':                                              // SETITEM
                object? value = Pop(), key = Pop();
                Dict().Set(key, value);
                return true;
            case (byte)'u':                                              // SETITEMS
                object?[] pairs = PopToMark();
                Fill(Dict(), pairs);
                return true;
            case (byte)'q': Remember(_in.ReadByte()); return true;       // BINPUT
            case (byte)'r': Remember((uint)_in.ReadInt32()); return true;   // LONG_BINPUT
            case (byte)'p': Remember(MemoLine()); return true;           // PUT
            case 0x94: Remember(_memo.Count); return true;               // MEMOIZE
            case (byte)'h': Recall(_in.ReadByte()); return true;         // BINGET
            case (byte)'j': Recall((uint)_in.ReadInt32()); return true;  // LONG_BINGET
            case (byte)'g': Recall(MemoLine()); return true;             // GET
            case (byte)'P': Push(Persistent(_in.ReadLine(LongestName))); return true;    // PERSID
            case (byte)'Q': Push(Persistent(Pop())); return true;        // BINPERSID
            default: return Call(opcode);
        }
    }

    /// <summary>Steps by which Python would call something; here they build one of a few known values.</summary>
    private bool Call(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'R' or 0x81:                                      // REDUCE, NEWOBJ
                object?[] arguments = Pop<object?[]>("a tuple of arguments");
                Push(Reduce(Pop(), arguments));
                return true;
            case 0x92:                                                   // NEWOBJ_EX
                if (Pop<PickleDict>("a dict of named arguments").Count > 0)
                    throw _in.Malformed("named arguments are not read");
                arguments = Pop<object?[]>("a tuple of arguments");
                Push(Reduce(Pop(), arguments));
                return true;
            case (byte)'i':                                              // INST
                PickleGlobal global = Global(_in.ReadLine(LongestName), _in.ReadLine(LongestName));
                Push(Reduce(global, PopToMark()));
                return true;
            case (byte)'o':                                              // OBJ
                object?[] all = PopToMark();
                if (all.Length == 0)
                    throw _in.Malformed("a step needs a value that is not there");
                Push(Reduce(all[0], all[1..]));
                return true;
            case (byte)'b':                                              // BUILD
                object? state = Pop();
                Reducer.Build(Peek(), state);
                return true;
            default: return false;
        }
    }

    private PickleReducer Reducer => field ??= new PickleReducer(_in.Malformed, Count, CountCopy);

    private object? Reduce(object? callee, object?[] arguments)
    {
        if (callee is not PickleGlobal global)
            throw _in.Malformed("it calls something that is no name");
        return Reducer.Reduce(global, arguments);
    }

    private object?[] PopTuple(int length)
    {
        object?[] tuple = new object?[length];
        for (int i = length - 1; i >= 0; i--)
            tuple[i] = Pop();
        return tuple;
    }

    private List<object?> List(string step) => Peek() as List<object?> ?? throw _in.Malformed($"{step} needs a list");

    private PickleDict Dict() => Peek() as PickleDict ?? throw _in.Malformed("SETITEM needs a dict");

    private PickleDict Fill(PickleDict dict, object?[] pairs)
    {
        if (pairs.Length % 2 != 0)
            throw _in.Malformed("a dict has a key without a value");
        for (int i = 0; i < pairs.Length; i += 2)
            dict.Set(pairs[i], pairs[i + 1]);
        return dict;
    }

    private long MemoLine() =>
        long.TryParse(_in.ReadLine(LongestName), NumberStyles.None, CultureInfo.InvariantCulture, out long index)
            ? index
            : throw _in.Malformed("a memo's number is no number");

    private void Remember(long index) => _memo[index] = Peek();

    private void Recall(long index) =>
        Push(_memo.TryGetValue(index, out object? value) ? value : throw _in.Malformed($"memo {index} was never filled"));

    private object? Persistent(object? id) =>
        _persistent is null ? throw _in.Malformed("it refers to data outside the file") : _persistent(id);
}
