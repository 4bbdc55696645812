package pack

import "encoding/binary"

// join puts a module together again. Lengths take five bytes each in it, so that
// they can be written when all is there; the memory is one piece.
func (s *parts) join() ([]byte, error) {
	var r [streams]reader
	for i, b := range s {
		r[i].b = b
	}
	o := &r[other]
	out := append([]byte{}, o.take(8)...)
	for o.at < len(o.b) && !o.failed {
		id := o.byte()
		switch n := o.number(); id {
		case 10 + isApart:
			out = append(out, 10)
			from := len(out)
			out = binary.AppendUvarint(append(out, 0, 0, 0, 0, 0), uint64(n))
			for f := range n {
				out = joinFunction(out, &r, firstFunction+int64(f))
				if r[codes].failed {
					break
				}
			}
			putLength(out, from)
		case 11 + isApart:
			out = append(out, 11)
			from := len(out)
			out = append(out, 0, 0, 0, 0, 0, 1, 0, 0x41)
			out = append(appendSigned(out, int64(n)), 0x0b)
			out = append(binary.AppendUvarint(out, uint64(len(s[data]))), s[data]...)
			putLength(out, from)
		default:
			out = binary.AppendUvarint(append(out, id), uint64(n))
			out = append(out, o.take(n)...)
		}
	}
	for _, r := range r {
		if r.failed {
			return nil, errBroken
		}
	}
	return out, nil
}

// joinFunction appends a function, its length before it.
func joinFunction(out []byte, r *[streams]reader, number int64) []byte {
	from := len(out)
	out = append(out, 0, 0, 0, 0, 0)
	// take appends so many bytes of a stream, leb a number of it.
	take := func(stream byte, n int) { out = append(out, r[stream].take(n)...) }
	leb := func(stream byte) (v int) {
		at := r[stream].at
		v = r[stream].number()
		out = append(out, r[stream].b[at:r[stream].at]...)
		return v
	}
	for n := leb(heads); n > 0 && !r[heads].failed; n-- {
		leb(heads)
		take(heads, 1)
	}
	next := int64(1)
	for depth := 1; depth > 0 && !r[codes].failed; {
		op := r[codes].byte()
		form, stream := r[forms].b[2*int(op)], r[forms].b[2*int(op)+1]
		if form == returning || form == address {
			op = i64const
		}
		out = append(out, op)
		switch form {
		case oneNumber:
			leb(stream)
		case twoNumbers:
			leb(stream)
			leb(stream)
		case fourBytes:
			take(stream, 4)
		case eightBytes:
			take(stream, 8)
		case ways:
			for n := leb(stream); n >= 0 && !r[stream].failed; n-- {
				leb(stream)
			}
		case opens:
			leb(stream)
			depth++
		case closes:
			depth--
		case extended:
			if kind := leb(stream); kind > 7 {
				take(stream, 12-kind)
			}
		case returning:
			next += int64(r[stream].byte())
			out = appendSigned(out, number<<16+next)
			next++
		case address:
			v := int64(0)
			for _, b := range r[stream].take(4) {
				v = v<<8 | int64(b)
			}
			out = appendSigned(out, v)
		default:
			if form >= memory {
				out = append(out, form-memory)
				leb(stream)
			}
		}
	}
	putLength(out, from)
	return out
}

// putLength writes at from, in five bytes, how much stands behind them.
func putLength(out []byte, from int) {
	n := len(out) - from - 5
	for i := range 5 {
		out[from+i] = byte(n>>(7*i))&127 | 128
	}
	out[from+4] &= 127
}

func appendSigned(b []byte, v int64) []byte {
	for ; v < -64 || v > 63; v >>= 7 {
		b = append(b, byte(v)|128)
	}
	return append(b, byte(v)&127)
}
