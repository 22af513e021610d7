<?php
// Answers, for one line of JSON on standard input after another, how PHP itself reads a document
// and changes it. Texts are base64 in both directions.
//
// {"text"}: {"error", "array", "encoded", "names", "truthy"}: the message or "", whether the document is an
// array to PHP, what it encodes it as (null where it cannot), its keys, and whether each value is truthy.
//
// {"text", "do", "outer", "name", "value", "ours"}: the same about the document after the change,
// and "same": whether PHP reads ours as exactly that.

declare(strict_types=1);

function answer(mixed $data, string $error): array
{
    $encoded = json_encode($data);
    return [
        'error' => $error,
        'array' => is_array($data),
        'encoded' => $encoded === false ? null : base64_encode($encoded),
        'names' => is_array($data) ? array_map(fn ($k) => base64_encode((string)$k), array_keys($data)) : [],
        'truthy' => is_array($data) ? array_map(fn ($v) => (bool)$v, array_values($data)) : [],
    ];
}

while (($line = fgets(STDIN)) !== false) {
    $in = array_map(base64_decode(...), json_decode($line, true));
    $data = json_decode($in['text'], true);
    $error = json_last_error() === JSON_ERROR_NONE ? '' : json_last_error_msg();
    $out = [];
    if (isset($in['do']) && $error === '') {
        $value = json_decode($in['value'], true);
        $inner = $data[$in['outer']] ?? [];
        switch ($in['do']) {
            case 'set':
                $data[$in['name']] = $value;
                break;
            case 'delete':
                unset($data[$in['name']]);
                break;
            case 'set in':
                $inner[$in['name']] = $value;
                $data[$in['outer']] = $inner;
                break;
            case 'delete in':
                if (array_key_exists($in['name'], $inner)) {
                    unset($inner[$in['name']]);
                    $data[$in['outer']] = $inner;
                }
                break;
        }
        // serialize tells the order of keys, and integers from floats and their zeros; === does not.
        $out['same'] = serialize($data) === serialize(json_decode($in['ours'], true));
    }
    echo json_encode($out + answer($data, $error)), "\n";
    flush();
}
