using System.Globalization;

namespace Cellpose3D.IO.Movies;

/// <summary>Puts files of one frame each in the order of time, told by the numbers in their names.</summary>
public static class FrameFiles
{
    /// <summary>Orders names as people count: <c>t2</c> before <c>t10</c>.</summary>
    /// <param name="files">Paths; borrowed.</param>
    /// <returns>The paths in order; owned by the caller.</returns>
    /// <exception cref="InvalidDataException">A number of the row is missing, or stands twice.</exception>
    public static string[] InOrder(IEnumerable<string> files)
    {
        string[] ordered = [.. files.OrderBy(f => f, Comparer<string>.Create(Compare))];
        RequireWithoutHoles(ordered);
        return ordered;
    }

    /// <summary>Compares text by its letters and whole numbers.</summary>
    /// <param name="a">One text.</param>
    /// <param name="b">Another.</param>
    public static int Compare(string a, string b)
    {
        string[] first = Parts(a), second = Parts(b);
        for (int n = 0; n < Math.Min(first.Length, second.Length); n++)
        {
            int order = IsNumber(first[n]) && IsNumber(second[n]) ? CompareNumbers(first[n], second[n]) : string.CompareOrdinal(first[n], second[n]);
            if (order != 0)
                return order;
        }
        return first.Length != second.Length ? first.Length.CompareTo(second.Length) : string.CompareOrdinal(a, b);
    }

    // only where names differ in one number: then a larger step than the smallest is a hole
    private static void RequireWithoutHoles(string[] files)
    {
        if (files.Length < 3)
            return;
        string[][] parts = [.. files.Select(f => Parts(Path.GetFileName(f)))];
        int varying = -1;
        for (int n = 0; n < parts[0].Length; n++)
        {
            int at = n;
            if (parts.Any(p => p.Length != parts[0].Length))
                return;
            if (parts.All(p => p[at] == parts[0][at]))
                continue;
            if (varying >= 0 || !parts.All(p => IsNumber(p[at])))
                return;
            varying = n;
        }
        if (varying < 0 || parts.Any(p => p[varying].Length > 9))
            return;
        int[] numbers = [.. parts.Select(p => int.Parse(p[varying], CultureInfo.InvariantCulture))];
        int step = Enumerable.Range(1, numbers.Length - 1).Min(n => numbers[n] - numbers[n - 1]);
        for (int n = 1; n < numbers.Length; n++)
        {
            if (numbers[n] == numbers[n - 1])
                throw new InvalidDataException($"'{files[n - 1]}' and '{files[n]}' have the same number; remove one of them.");
            if (numbers[n] - numbers[n - 1] == step)
                continue;
            string[] missing = [.. parts[n - 1]];
            missing[varying] = (numbers[n - 1] + step).ToString($"D{missing[varying].Length}", CultureInfo.InvariantCulture);
            throw new InvalidDataException(
                $"'{Path.GetDirectoryName(files[n])}' has no '{string.Concat(missing)}' between '{Path.GetFileName(files[n - 1])}' and '{Path.GetFileName(files[n])}'; frames must be numbered without holes. An empty frame is an image of zeros.");
        }
    }

    private static string[] Parts(string text)
    {
        var parts = new List<string>();
        for (int at = 0; at < text.Length;)
        {
            int start = at;
            bool isNumber = char.IsAsciiDigit(text[at]);
            while (at < text.Length && char.IsAsciiDigit(text[at]) == isNumber)
                at++;
            parts.Add(text[start..at]);
        }
        return [.. parts];
    }

    private static bool IsNumber(string part) => char.IsAsciiDigit(part[0]);

    private static int CompareNumbers(string a, string b)
    {
        string x = a.TrimStart('0'), y = b.TrimStart('0');
        return x.Length != y.Length ? x.Length.CompareTo(y.Length) : string.CompareOrdinal(x, y);
    }
}
